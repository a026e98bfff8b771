import { prometheusDuration } from "../../../models/duration";
import { table } from "./markdown-table";
import { exactPercent } from "./numbers";
import type { AlertFigures, AlertingSection, ObjectiveFigures } from "../../figures/alerting/alerting";

const HOURS_A_WEEK = 168;

/** `PagerDuty, Slack (48 of 168 h)`: the hours are named where a channel is not notified at each of them. */
export const channelsText = ({ hoursByChannel }: Pick<AlertFigures, "hoursByChannel">): string =>
  Object.keys(hoursByChannel)
    .sort()
    .map((channel) => {
      const hours = hoursByChannel[channel] ?? 0;
      return hours === HOURS_A_WEEK ? channel : `${channel} (${hours} of ${HOURS_A_WEEK} h)`;
    })
    .join(", ") || "none";

export const measuredByText = ({ measuredBy }: Pick<ObjectiveFigures, "measuredBy">): string =>
  measuredBy.join(" and ") || "unknown";

/** `1.4 % of 1h and 5m`: the bad share above which both windows must be. */
export const burnRateText = ({ longSeconds, shortSeconds, threshold }: ObjectiveFigures["burnRates"][number]): string =>
  `${exactPercent(threshold)} of ${prometheusDuration(longSeconds)} and ${prometheusDuration(shortSeconds)}`;

export const delayText = ({ delaySeconds }: Pick<AlertFigures, "delaySeconds">): string =>
  delaySeconds === null ? "unknown" : prometheusDuration(delaySeconds);

/** Tables of objectives and alerts for report.md. */
export const alertingMarkdown = ({ objectives, alerts }: AlertingSection): string[] =>
  objectives.length + alerts.length === 0
    ? []
    : [
        "## Objectives and alerts",
        table(
          ["application", "objective", "measured by", "target", "window", "error budget", "alerts above"],
          objectives.map(({ application, objective, measuredBy, target, windowDays, budgetMinutes, burnRates }) => [
            application,
            objective,
            measuredByText({ measuredBy }),
            exactPercent(target),
            windowDays === null ? "unknown" : `${windowDays} days`,
            budgetMinutes === null ? "unknown" : `${budgetMinutes} min`,
            burnRates.map(burnRateText).join("; "),
          ]),
        ),
        table(
          ["alert", "application", "severity", "priority", "owner", "after", "receivers"],
          alerts.map((alert) => [
            alert.alert,
            alert.application ?? "–",
            alert.severity,
            alert.priority,
            alert.owner,
            delayText(alert),
            channelsText(alert),
          ]),
        ),
      ];
