import alarmMetrics from "./alarm-metrics.json";
import interfaces from "./alerts/interfaces.json";
import crdOwners from "./charts/crd-owners.json";
import addOns from "./charts/eks-addons.json";
import healthCheckers from "./edge/health-checkers.json";
import tlsPolicies from "./edge/tls-policies.json";
import webRuleGroups from "./edge/web-rule-groups.json";
import instanceTypes from "./instance-types.json";
import removedApis from "./kubernetes/removed-apis.json";
import restoredKinds from "./kubernetes/restored-kinds.json";
import metrics from "./monitoring/metrics.json";
import parts from "./monitoring/parts.json";
import series from "./monitoring/series.json";
import nodeImages from "./nodes/node-images.json";
import plannedPods from "./nodes/planned-pods.json";
import managedPolicies from "./permissions/managed-policies.json";
import priceBook from "./prices/price-book.json";
import recoveryAllowances from "./recovery-allowances.json";
import resourceTypes from "./resource-types/descriptors.json";
import supportCalendar from "./support-calendar.json";
import trustedSources from "./trusted-sources.json";

/** Facts that were read from elsewhere on a day. */
export interface DatedFacts {
  /** Data file, as the project names it. */
  readonly file: string;
  /** ISO date on which its sources were last read. */
  readonly retrieved: string;
  /** Age beyond which it should be read anew. */
  readonly maximumAgeDays: number;
}

/** AWS and Kubernetes announce versions and ends of support every few weeks; a quarter has one Kubernetes release. */
const QUARTER_DAYS = 92;
/** Names, limits and prices change, but seldom by more than a budget's reserve within half a year. */
const HALF_YEAR_DAYS = 183;
/** Figures of our own and lists that change with what we use. */
const YEAR_DAYS = 366;

const dated = (file: string, { retrieved }: { readonly retrieved: string }, maximumAgeDays: number): DatedFacts => ({
  file: `catalog/${file}`,
  retrieved,
  maximumAgeDays,
});

/** Every data file of the catalogue that is dated as a whole, by file name. */
export const datedFacts: readonly DatedFacts[] = [
  dated("alarm-metrics.json", alarmMetrics, YEAR_DAYS),
  dated("alerts/interfaces.json", interfaces, HALF_YEAR_DAYS),
  dated("charts/crd-owners.json", crdOwners, YEAR_DAYS),
  dated("charts/eks-addons.json", addOns, QUARTER_DAYS),
  dated("edge/health-checkers.json", healthCheckers, HALF_YEAR_DAYS),
  dated("edge/tls-policies.json", tlsPolicies, YEAR_DAYS),
  dated("edge/web-rule-groups.json", webRuleGroups, HALF_YEAR_DAYS),
  dated("instance-types.json", instanceTypes, HALF_YEAR_DAYS),
  dated("kubernetes/removed-apis.json", removedApis, QUARTER_DAYS),
  dated("kubernetes/restored-kinds.json", restoredKinds, YEAR_DAYS),
  dated("monitoring/metrics.json", metrics, YEAR_DAYS),
  dated("monitoring/parts.json", parts, YEAR_DAYS),
  dated("monitoring/series.json", series, YEAR_DAYS),
  dated("nodes/node-images.json", nodeImages, HALF_YEAR_DAYS),
  dated("nodes/planned-pods.json", plannedPods, YEAR_DAYS),
  dated("permissions/managed-policies.json", managedPolicies, HALF_YEAR_DAYS),
  dated("prices/price-book.json", priceBook, HALF_YEAR_DAYS),
  dated("recovery-allowances.json", recoveryAllowances, YEAR_DAYS),
  dated("resource-types/descriptors.json", resourceTypes, HALF_YEAR_DAYS),
  dated("support-calendar.json", supportCalendar, QUARTER_DAYS),
  dated("trusted-sources.json", trustedSources, YEAR_DAYS),
];

const DAY_MS = 86_400_000;

/** Whole days from the reading to a moment. @param now ISO date, or date and time */
export const ageDays = ({ retrieved }: DatedFacts, now: string): number =>
  Math.floor((Date.parse(now) - Date.parse(retrieved)) / DAY_MS);
