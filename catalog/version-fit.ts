import addOns from "./charts/eks-addons.json";
import { platformCharts } from "./charts";
import { acceptsKubernetes } from "./kubernetes/kube-version";
import { minorOf } from "./kubernetes/removed-apis";
import { supportCalendar } from "./support-calendar";

/** Whether a version of a piece of software fits a minor version of Kubernetes, and where that is written. */
export interface VersionFit {
  /** Undefined: not recorded. */
  readonly fits: boolean | undefined;
  readonly reason: string;
  readonly source: string;
}

/** Older minor versions that kube-proxy may have than the API server. Source: Kubernetes, "Version Skew Policy", read 2026-11-21. */
const PROXY_MAY_LAG = 3;

/** An EKS add-on in a cluster of that minor version. */
export function addOnFit(name: string, version: string, kubernetes: string): VersionFit {
  if (name === "kube-proxy") return proxyFit(version, kubernetes);
  const versions: Readonly<Record<string, { version: string; source: string; confidence: string }>> =
    addOns.addons.find((addOn) => addOn.name === name)?.versions ?? {};
  const here = versions[kubernetes];
  if (here?.version === version)
    return { fits: true, reason: `recorded for ${kubernetes} (confidence ${here.confidence})`, source: here.source };
  const elsewhere = Object.entries(versions)
    .filter(([, one]) => one.version === version)
    .map(([minor]) => minor)
    .sort();
  if (elsewhere.length > 0)
    return {
      fits: false,
      reason: `recorded for ${elsewhere.join(", ")}; for ${kubernetes} ${here ? `it is ${here.version}` : "none is"}`,
      source: "catalog/charts/eks-addons.json",
    };
  return {
    fits: undefined,
    reason: `${name} ${version} is not recorded for ${kubernetes}; confirm it with aws eks describe-addon-versions and record it in catalog/charts/eks-addons.json`,
    source: "catalog/charts/eks-addons.json",
  };
}

function proxyFit(version: string, kubernetes: string): VersionFit {
  const source = "Kubernetes, Version Skew Policy";
  const [proxy, server] = [minorOf(version), minorOf(kubernetes)];
  if (proxy === undefined || server === undefined)
    return { fits: undefined, reason: `the minor versions of ${version} and ${kubernetes} cannot be read`, source };
  const behind = server - proxy;
  const fits = behind >= 0 && behind <= PROXY_MAY_LAG;
  return {
    fits,
    reason: `1.${server} − 1.${proxy} = ${behind} minor versions behind the API server; allowed are 0 to ${PROXY_MAY_LAG}`,
    source,
  };
}

/** A release of a published chart in a cluster of that minor version. */
export function chartFit(chart: string, version: string, kubernetes: string): VersionFit {
  const own = platformCharts.find((one) => one.chart === chart && one.version === version);
  const listed = supportCalendar().charts.find((one) => one.chart === chart && one.version === version);
  const source = listed?.source ?? (own === undefined ? "catalog/charts" : `Chart.yaml of ${own.lock.source}`);
  if (own === undefined && listed === undefined)
    return {
      fits: undefined,
      reason: `${chart} ${version} is not in catalog/charts; record what its Chart.yaml says of kubeVersion`,
      source: "catalog/charts",
    };
  if (own !== undefined && own.lock.version !== version)
    return {
      fits: undefined,
      reason: `catalog/charts/${own.key}/lock.json is of ${own.lock.version}; run \`make charts\``,
      source,
    };
  if (own?.kubernetesMinors && !own.kubernetesMinors.some((minor) => minor === kubernetes))
    return {
      fits: false,
      reason: `its image is chosen for ${own.kubernetesMinors.join(", ")}, because it follows the cluster's version`,
      source,
    };
  const range = own === undefined ? listed?.kubeVersion : own.lock.kubeVersion;
  const follows = own?.kubernetesMinors ? `its image is chosen for ${kubernetes}; ` : "";
  if (range === null || range === undefined)
    return { fits: true, reason: `${follows}its Chart.yaml accepts every version`, source };
  const accepts = acceptsKubernetes(range, kubernetes);
  if (accepts === undefined)
    return { fits: undefined, reason: `its kubeVersion "${range}" and ${kubernetes} cannot be compared`, source };
  return { fits: accepts, reason: `${follows}its kubeVersion is "${range}"`, source };
}
