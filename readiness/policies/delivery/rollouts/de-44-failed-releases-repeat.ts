import { equals } from "../../../policy/comparison";
import { change, each, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { releaseOf } from "../../../policy-terms/targets";

const releases = resource("helm_release");
const inSecondary = resource("helm_release", (_block, _id, stack) => stack.endsWith("eu-west-1"));

/*
 * Measured with the real provider 3.1.1, Terraform 1.11.4 and API server 1.36 (2026-11-29): a failed upgrade keeps the
 * state before it, with and without atomic, and the next plan shows the change again (until version 2 of the provider
 * it did not: hashicorp/terraform-provider-helm issue 472). A failed first installation, and a release of a run that
 * was killed, are in no state: without upgrade_install the next apply ends with "cannot re-use a name".
 */
export default policy({
  id: "DE-44",
  severity: "error",
  title: "A release that failed is undone, and the next apply repeats it",
  because:
    "a failed installation stays in the cluster and is in no state: the next apply ends with 'cannot re-use a name that is still in use', and a failed upgrade leaves half of the new objects at work",
  remedy: "set atomic and upgrade_install of the release, as ChartRelease and Manifests do",
  proves: [],
  beyond: "a staged deployment is resumed by the same command only when Terraform can repeat what failed",
  subjects: (platform) => platform.releases,
  check: ({ resource: release }) => [
    equals(true, release.flag("atomic") ?? false, "atomic: Helm undoes what failed", { field: "atomic" }),
    equals(true, release.flag("upgrade_install") ?? false, "upgrade_install: a release in no state is taken over", {
      field: "upgrade_install",
    }),
  ],
  mutants: [
    change("no release is undone", releases, unset("atomic")),
    change("what failed stays in the standby", inSecondary, set("atomic", false)),
    change("no release is taken over", releases, unset("upgrade_install")),
    change("none is taken over in the standby", inSecondary, set("upgrade_install", false)),
  ],
  boundary: {
    holds: change(
      "as texts",
      releaseOf("external-secrets"),
      each(set("atomic", "true"), set("upgrade_install", "true")),
    ),
    breaks: change("one chart that stays broken", releaseOf("external-secrets"), set("atomic", "false")),
  },
});
