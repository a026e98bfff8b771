import type { CatalogedChart } from "../../../catalog/charts";
import type { ChartLock } from "../../../catalog/charts/model/lock";
import { type Charts, ChartUnreachable, HelmFailure } from "../charts";
import type { ChartDefaults } from "./chart-defaults";
import { defaultsLock, renderedLock } from "./chart-lock";
import { lockChanges } from "./lock-changes";

export interface LockCommand {
  readonly charts: readonly CatalogedChart[];
  /** undefined: helm is missing. */
  readonly renderer: Pick<Charts, "show" | "render" | "renderText" | "packed"> | undefined;
  readonly tool: string;
  readonly defaults: readonly ChartDefaults[];
  /** Day, YYYY-MM-DD. */
  readonly today: string;
  readonly write: (chart: CatalogedChart, text: string) => void;
  readonly print: (line: string) => void;
}

/** Writes the lock of every chart. @returns exit code: 0 all rendered and read, 1 not all */
export async function lockCharts(command: LockCommand): Promise<number> {
  let incomplete = 0;
  for (const chart of command.charts) if (!(await lockChart(chart, command))) incomplete += 1;
  command.print(
    incomplete === 0
      ? `${command.charts.length} charts rendered`
      : `${command.charts.length - incomplete} of ${command.charts.length} charts rendered and read whole`,
  );
  return incomplete === 0 ? 0 : 1;
}

async function lockChart(chart: CatalogedChart, command: LockCommand): Promise<boolean> {
  const name = `${chart.key} ${chart.version}`;
  const defaults = command.defaults.find((one) => one.chart === chart.chart && one.version === chart.version);
  const sources = { defaults, today: command.today };
  try {
    if (command.renderer === undefined) throw new ChartUnreachable("helm is missing");
    const lock = await renderedLock(command.renderer as Charts, chart, command.tool, sources);
    return enter(chart, lock, name, command);
  } catch (error) {
    if (error instanceof HelmFailure) {
      command.print(`${name}: helm does not render it: ${error.message}; its lock is unchanged`);
      return false;
    }
    if (!(error instanceof ChartUnreachable)) throw error;
    if (chart.lock.provenance === "rendered" && chart.lock.version === chart.version) {
      command.print(`${name}: not reached (${error.message}); the lock of ${chart.lock.made} is kept`);
      return false;
    }
    if (defaults === undefined) {
      command.print(`${name}: not reached (${error.message}), and no default values are at hand; nothing was written`);
      return false;
    }
    command.print(`${name}: not reached (${error.message}); default values used, pods and CRDs are unknown`);
    enter(chart, defaultsLock(chart, defaults, sources), name, command);
    return false;
  }
}

function enter(chart: CatalogedChart, lock: ChartLock, name: string, { write, print }: LockCommand): boolean {
  const changes = lockChanges(chart.lock, lock);
  if (changes.length === 0) print(`${name}: unchanged`);
  else {
    write(chart, `${JSON.stringify(lock, null, 1)}\n`);
    print(`${name}: changed`);
    for (const change of changes) print(`  ${change}`);
  }
  const unread = lock.paths.filter(({ verified }) => verified === "unread");
  for (const { path } of unread) print(`  ${path}: the chart does not read it (misspelt, or of another version)`);
  return unread.length === 0;
}
