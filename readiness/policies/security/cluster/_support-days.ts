import { supportDaysLeft } from "../../../kubernetes-support";
import type { Platform } from "../../../inventory/platform";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import { atLeast } from "../../../policy/comparison";
import { fail, unknown, type Verdict } from "../../../policy/verdict";

/** Standard support of a cluster's Kubernetes version lasts at least so many days. */
export function supportedFor(minimumDays: number, cluster: Cluster, platform: Platform): Verdict {
  const field = "kubernetesVersion";
  if (cluster.version === undefined) return fail({ expected: "a version", actual: "none: EKS chooses one", field });
  const days = supportDaysLeft(cluster.version, platform.now);
  if (days === undefined)
    return unknown(
      `the end of standard support of EKS ${cluster.version} is not in catalog/support-calendar.json`,
      field,
    );
  return atLeast(minimumDays, days, `days of standard support left for ${cluster.version}`, { field });
}
