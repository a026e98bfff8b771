import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { platformCharts } from "../../../catalog/charts";
import { loadNow } from "../../../config/load";
import { obtainEngines, ToolMissing } from "../../engine-builds/obtain";
import { projectRoot } from "../../run/project-root";
import { Charts } from "../charts";
import { readChartDefaults } from "./chart-defaults";
import { lockCharts } from "./lock-charts";

const KUBERNETES_VERSION = "1.36.0";
const HELM_VERSION = "3.22.0";

const print = (line: string): void => console.log(line);

async function renderer(): Promise<Charts | undefined> {
  try {
    const { helm = "" } = await obtainEngines(["helm"], print);
    return new Charts(helm, KUBERNETES_VERSION);
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    print(`helm cannot be built: ${error.message}`);
    return undefined;
  }
}

/** `make charts [CHARTS="key key"]` */
async function main(): Promise<number> {
  const chosen = (process.env["CHARTS"] ?? "").split(/\s+/).filter((key) => key !== "");
  const unknown = chosen.filter((key) => !platformCharts.some((chart) => chart.key === key));
  if (unknown.length > 0) {
    print(`no chart ${unknown.join(", ")} in catalog/charts: ${platformCharts.map(({ key }) => key).join(", ")}`);
    return 1;
  }
  return lockCharts({
    charts: platformCharts.filter(({ key }) => chosen.length === 0 || chosen.includes(key)),
    renderer: await renderer(),
    tool: `helm ${HELM_VERSION}, helm template --kube-version ${KUBERNETES_VERSION}, API versions of monitoring.coreos.com/v1 and snapshot.storage.k8s.io/v1 declared`,
    defaults: readChartDefaults(process.env["PLIMSOLL_CHART_DEFAULTS"]),
    today: loadNow(process.env, () => new Date()).slice(0, 10),
    write: (chart, text) => writeFileSync(join(projectRoot(), "catalog", "charts", chart.key, "lock.json"), text),
    print,
  });
}

void main().then(
  (exitCode) => (process.exitCode = exitCode),
  (error: unknown) => {
    print(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
