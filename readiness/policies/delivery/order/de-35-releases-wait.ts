import { recoveryAllowances } from "../../../../catalog/recovery-allowances";
import { nodeProvisionSeconds } from "../../../figures/capacity/node-provisioning";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { atLeast, equals } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

/** Of the provider (@cdktf/provider-helm, lib/release/index.d.ts: "Defaults to 300 seconds"; read 2026-11-29). */
const UNSET_TIMEOUT_SECONDS = 300;

/** Whether it brings pods: a chart whose content is not known may. */
const bringsPods = (release: Release, platform: Platform): boolean =>
  !release.rendered || platform.workloads.some(({ resource: carrier }) => carrier === release.resource);

/** What may need it to work: resources that depend on it, by reference or depends_on. */
const dependants = (release: Release, platform: Platform): number => platform.referrers(release.resource).length;

/** The first pod of a release may need a node that is not there yet. */
function judgeTimeout(release: Release, platform: Platform): Verdict {
  const provision = nodeProvisionSeconds(platform, release.region);
  if (provision === undefined) return unknown("no cluster autoscaler whose max-node-provision-time can be read");
  const { nodeReadySeconds, imagePullSeconds } = recoveryAllowances;
  return atLeast(
    provision + nodeReadySeconds + imagePullSeconds,
    release.resource.number("timeout") ?? UNSET_TIMEOUT_SECONDS,
    `seconds of timeout for ${provision} s of a group without capacity + ${nodeReadySeconds} s node + ${imagePullSeconds} s image`,
  );
}

const releases = resource("helm_release");
const secrets = releaseOf("external-secrets");

export default policy({
  id: "DE-35",
  severity: "error",
  proves: ["FL-27"],
  title: "A release that others rely on is finished when its pods are ready, in time",
  because:
    "without waiting, what comes next meets webhooks that do not answer and definitions that are not there; with too little time, Helm rolls back a release that only waited for a node",
  remedy: "remove wait = false, and give a release with pods a timeout of 600 seconds",
  subjects: (platform) => platform.releases,
  check: (release, platform): Verdict | readonly Verdict[] => {
    const pods = bringsPods(release, platform);
    if (!pods && dependants(release, platform) === 0)
      return notApplicable("it brings no pods and nothing depends on it");
    return [
      // atomic makes Helm 3 wait as well, but says nothing of it: the two must not contradict each other.
      equals(true, release.resource.flag("wait") ?? true, "wait"),
      ...(pods ? [judgeTimeout(release, platform)] : []),
    ];
  },
  mutants: [
    change("no release waits", releases, set("wait", false)),
    change("operators are not waited for", secrets, set("wait", false)),
    change(
      "a store of secrets that its readers do not wait for",
      resource("helm_release", (_block, id) => id.startsWith("secret-store")),
      set("wait", false),
    ),
    change("a minute", secrets, set("timeout", 60)),
    change("the provider's own timeout", secrets, unset("timeout")),
    change(
      "an autoscaler that is patient with a group",
      releaseOf("cluster-autoscaler"),
      set(["values", "0", "extraArgs", "max-node-provision-time"], "15m0s"),
    ),
  ],
  boundary: {
    holds: change("all that is needed", secrets, set("timeout", 540)),
    breaks: change("a second less", secrets, set("timeout", 539)),
  },
});
