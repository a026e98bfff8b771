import type { AlertFigures, AlertingSection, ObjectiveFigures } from "../../figures/alerting/alerting";
import { burnRateText, channelsText, delayText, measuredByText } from "../text/alerting";
import { exactPercent } from "../text/numbers";
import { html, type Markup } from "./markup";
import { badge, section, table } from "./tables";

/** Objectives with the windows that burn their budget, and who receives each alert. */
export function alertingSection({ objectives, alerts }: AlertingSection): Markup {
  const unheard = alerts.filter(
    ({ hoursByChannel, severity }) => severity !== "none" && Object.keys(hoursByChannel).length === 0,
  );
  return section(
    "objectives",
    "Objectives and alerts",
    html`<p>
      ${objectives.length} objectives and ${alerts.length} alerts, read from the rules and the routing tree of
      Alertmanager.
      ${unheard.length === 0 ? "Each alert has a receiver." : `${unheard.length} alerts have no receiver.`}
    </p>`,
    table(
      "Objectives",
      [
        { title: "Application" },
        { title: "Objective" },
        { title: "Measured by" },
        { title: "Target", numeric: true },
        { title: "Window, days", numeric: true },
        { title: "Budget, minutes", numeric: true },
        { title: "Alerts when the bad share of both windows is above", wide: true },
        { title: "Regions" },
      ],
      objectives.map(objectiveRow),
    ),
    table(
      "Alerts, and who receives them",
      [
        { title: "Alert" },
        { title: "Application" },
        { title: "Severity" },
        { title: "Priority" },
        { title: "Owner" },
        { title: "Holds for" },
        { title: "Receivers", wide: true },
        { title: "Runbook" },
      ],
      alerts.map(alertRow),
      true,
    ),
  );
}

const objectiveRow = ({
  application,
  objective,
  measuredBy,
  target,
  windowDays,
  budgetMinutes,
  burnRates,
  regions,
}: ObjectiveFigures) => ({
  cells: [
    application,
    objective,
    measuredByText({ measuredBy }),
    exactPercent(target),
    windowDays === null ? "unknown" : String(windowDays),
    budgetMinutes === null ? "unknown" : String(budgetMinutes),
    burnRates.map(burnRateText).join("; "),
    regions.join(", "),
  ],
});

const alertRow = (alert: AlertFigures) => ({
  cells: [
    alert.alert,
    alert.application ?? "platform",
    badge(alert.severity),
    alert.priority,
    alert.owner,
    delayText(alert),
    channelsText(alert),
    runbookLink(alert.runbook),
  ],
});

/** Only an address of the web becomes a link: a text of configuration must not run anything. */
const runbookLink = (address: string | null) =>
  address !== null && /^https:\/\/[^\s"'<>]+$/.test(address)
    ? html`<a href="${address}" rel="noreferrer">runbook</a>`
    : (address ?? "–");
