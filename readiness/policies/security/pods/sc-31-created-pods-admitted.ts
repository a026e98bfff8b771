import { label } from "../../../../contract";
import { programOf } from "../../../../catalog/applications";
import { objectOf, objectsOf, textMapOf, textOf, textsOf } from "../../../inventory/json";
import { matches, selectorOf } from "../../../inventory/kubernetes/selector";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { type CreatedGroup, createdGroups } from "../../../inventory/views/kubernetes/created-pods";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

/** What the restricted pod security standard asks of a pod. Source: Kubernetes, "Pod Security Standards", read 2026-11-29. */
const RESTRICTED: readonly [string, RegExp][] = [
  ["runAsNonRoot", /runAsNonRoot: true/],
  ["a seccomp profile", /seccompProfile\{type: "RuntimeDefault"\}/],
  ["no privilege escalation", /allowPrivilegeEscalation: false/],
  ["no capability", /drop: \["ALL"\]/],
];

/** Admission policies that change every pod of the group, and that a binding puts into force. */
function policiesFor({ region, namespace, pods }: CreatedGroup, platform: Platform): readonly PlacedObject[] {
  const inRegion = platform.objects.filter((one) => one.region === region);
  const bound = new Set(
    inRegion
      .filter(({ object }) => object.kind === "MutatingAdmissionPolicyBinding")
      .map(({ object }) => textOf(objectOf(object["spec"])["policyName"])),
  );
  return inRegion.filter(({ object }) => {
    if (object.kind !== "MutatingAdmissionPolicy" || !bound.has(object.metadata.name)) return false;
    const constraints = objectOf(objectOf(object["spec"])["matchConstraints"]);
    return (
      matches(selectorOf(constraints["namespaceSelector"]), { "kubernetes.io/metadata.name": namespace }) &&
      matches(selectorOf(constraints["objectSelector"]), pods.labels) &&
      objectsOf(constraints["resourceRules"]).some(
        (rule) => textsOf(rule["resources"]).includes("pods") && textsOf(rule["operations"]).includes("CREATE"),
      )
    );
  });
}

const mutationsOf = ({ object }: PlacedObject): string =>
  objectsOf(objectOf(object["spec"])["mutations"])
    .map((one) => textOf(objectOf(one["jsonPatch"])["expression"]) ?? "")
    .join("\n");

function judge(group: CreatedGroup, platform: Platform): Verdict[] {
  const { pods, creator } = group;
  const policies = policiesFor(group, platform);
  const text = policies.map(mutationsOf).join("\n");
  if (policies.length === 0)
    return [fail({ expected: `a MutatingAdmissionPolicy for ${group.label}`, actual: "none that is bound" })];
  const writesItself =
    programOf(platform.applicationRecords, group.namespace, creator.name)?.creates?.[pods.name]?.securityContext ===
    true;
  const shown = { field: `creates.${pods.name}` };
  return [
    ...policies.map(({ object }) =>
      holds(
        textOf(objectOf(object["spec"])["failurePolicy"]) !== "Ignore",
        `${object.metadata.name ?? ""} refuses pods that it cannot change`,
        "failurePolicy Ignore",
        shown,
      ),
    ),
    ...(writesItself
      ? []
      : RESTRICTED.map(([what, pattern]) =>
          holds(pattern.test(text), `admission gives ${group.label} ${what}`, "no mutation does", shown),
        )),
    holds(
      text.includes(`path: "/spec/nodeSelector", value: {"${label.pool}": "${pods.pool}"}`) &&
        text.includes(`key: "${label.pool}"`),
      `admission places ${group.label} in pool ${pods.pool}`,
      "no mutation does",
      { field: `creates.${pods.name}.pool` },
    ),
  ];
}

const ofCells = (kind: string) =>
  manifest(kind, ({ metadata }) => textMapOf(objectOf(metadata))["name"] === "operator-cells");
const admission = ofCells("MutatingAdmissionPolicy");
const without = (name: string, index: number, pattern: RegExp, instead: string) =>
  change(
    name,
    admission,
    update(`spec.mutations.${index}.jsonPatch.expression`, (text) => String(text).replace(pattern, instead)),
  );

export default policy({
  id: "SC-31",
  severity: "error",
  title: "Pods that a program makes meet the pod security standard, in their pool",
  because:
    "a namespace that enforces the restricted standard rejects every pod without a security context: the program runs, its pods never come, and only events of the ReplicaSet say why",
  remedy:
    "let the CreatedPods of the component write the MutatingAdmissionPolicy of its creates, or record that the program writes the security context itself",
  proves: [],
  beyond: "the reports ask for pod security standards of their programs' own pods",
  subjects: (platform) => createdGroups(platform.workloads),
  check: judge,
  mutants: [
    remove("no admission policy", admission),
    remove("an admission policy without a binding", ofCells("MutatingAdmissionPolicyBinding")),
    change(
      "pods of another namespace",
      admission,
      set("spec.matchConstraints.namespaceSelector.matchLabels", { name: "x" }),
    ),
    change("other pods", admission, set("spec.matchConstraints.objectSelector.matchLabels", { app: "another" })),
    change("updates alone", admission, set("spec.matchConstraints.resourceRules.0.operations", ["UPDATE"])),
    change(
      "deployments instead of pods",
      admission,
      set("spec.matchConstraints.resourceRules.0.resources", ["deployments"]),
    ),
    change("pods pass unchanged when it fails", admission, set("spec.failurePolicy", "Ignore")),
    without("root is allowed", 0, /runAsNonRoot: true/, "runAsNonRoot: false"),
    without("no seccomp profile", 0, /RuntimeDefault/, "Unconfined"),
    without("privileges may grow", 1, /Escalation: false/, "Escalation: true"),
    without("capabilities are kept", 1, /drop: \["ALL"\]/, "drop: []"),
    without("no pool is chosen", 2, /nodeSelector/, "nodeSelectors"),
    without("the pool is not tolerated", 3, /key: "[^"]*"/g, 'key: "gpu"'),
  ],
  boundary: {
    holds: change("every pod of the namespace", admission, set("spec.matchConstraints.objectSelector", {})),
    breaks: change(
      "pods with one label more",
      admission,
      set("spec.matchConstraints.objectSelector.matchLabels", { app: "operator-cell", world: "one" }),
    ),
  },
});
