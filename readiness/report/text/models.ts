import type { Models } from "../../figures/models";
import { alertingMarkdown } from "./alerting";
import { capacityConsole, capacityMarkdown } from "./capacity";
import { costConsole, costMarkdown } from "./cost";
import { monitoringMarkdown } from "./monitoring";
import { recoveryConsole, recoveryMarkdown } from "./recovery";
import { supportConsole, supportMarkdown } from "./support";
import { throughputConsole, throughputMarkdown } from "./throughput";

/** What is said of a model; nothing of one that did not run. */
const of = <Figures, Text>(
  figures: Figures | undefined,
  text: (figures: Figures) => readonly Text[],
): readonly Text[] => (figures === undefined ? [] : text(figures));

/** Tables of the figures for report.md; empty without a model. */
export function modelsMarkdown({ capacity, recovery, cost, support, slo, monitoring }: Partial<Models>): string {
  const parts = [
    ...of(capacity, capacityMarkdown),
    ...of(capacity?.throughput, throughputMarkdown),
    ...of(recovery, recoveryMarkdown),
    ...of(cost, costMarkdown),
    ...of(slo, alertingMarkdown),
    ...of(monitoring, monitoringMarkdown),
    ...of(support, supportMarkdown),
  ];
  return parts.length === 0 ? "" : [...parts, ""].join("\n\n");
}

/** One line for each model, for the console. */
export const modelsConsole = ({ capacity, recovery, cost, support }: Partial<Models>): readonly string[] => [
  ...of(capacity, (figures) => [headed("capacity", capacityConsole(figures))]),
  ...of(capacity?.throughput, (figures) => [headed("throughput", throughputConsole(figures))]),
  ...of(recovery, (figures) => [headed("recovery", recoveryConsole(figures))]),
  ...of(cost, (figures) => [headed("cost", costConsole(figures))]),
  ...of(support, (figures) => [headed("support", supportConsole(figures))]),
];

const headed = (title: string, line: string): string => `${`${title}:`.padEnd("throughput: ".length)}${line}`;
