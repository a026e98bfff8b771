import { annotation, annotationProblem, isPlatformKey, label, labelProblem } from "../../../contract";
import { objectOf, textMapOf } from "../../inventory/json";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import { change, set, together } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";
import { deployments } from "../../policy-terms/targets";

const METADATA = ["metadata"];
const POD_METADATA = ["spec", "template", "metadata"];

interface Entry {
  readonly field: string;
  readonly key: string;
  readonly text: string;
  readonly problem: string | undefined;
}

/** Labels and annotations of the platform on an object and on its pods. */
function entriesOf({ object }: PlacedObject): Entry[] {
  const [own, pods] = [METADATA, POD_METADATA].map((path) =>
    path.reduce<Record<string, unknown>>((at, key) => objectOf(at[key]), object),
  );
  return [own, pods].flatMap((metadata) => {
    const entries = (field: "labels" | "annotations", problem: (key: string, text: string) => string | undefined) =>
      Object.entries(textMapOf(objectOf(metadata)[field]))
        .filter(([key]) => isPlatformKey(key))
        .map(([key, text]) => ({ field: `${field}.${key}`, key, text, problem: problem(key, text) }));
    return [...entries("labels", labelProblem), ...entries("annotations", annotationProblem)];
  });
}

export default policy({
  id: "GO-10",
  severity: "error",
  proves: [],
  beyond: "what the inventory cannot read it leaves out, and a policy that judges less than there is still passes",
  title: "Each annotation and label of the platform is declared and readable",
  because:
    "policies read component facts, objectives and stores from annotations; a misspelt key or a broken text hides them",
  remedy: "declare the key in contract/index.ts and write its value in the declared form",
  subjects: (platform) => platform.objects.filter((placed) => entriesOf(placed).length > 0),
  check: (placed): Verdict | Verdict[] => {
    const entries = entriesOf(placed);
    const wrong = entries.filter(({ problem }) => problem !== undefined);
    if (wrong.length === 0) return pass(`${entries.length} labels and annotations are readable`);
    return wrong.map(({ field, key, text, problem }) =>
      fail({ expected: `a label or annotation of the contract`, actual: `${key}=${text}: ${problem ?? ""}`, field }),
    );
  },
  mutants: [
    change("an unknown annotation", deployments, set(["metadata", "annotations", `${annotation.component}s`], "{}")),
    change("an unknown label", deployments, set(["metadata", "labels", `${label.tier}s`], "1")),
    change("an unknown label of pods", deployments, set([...POD_METADATA, "labels", `${label.tier}s`], "1")),
    change(
      "facts of a component that are no JSON",
      deployments,
      set(["metadata", "annotations", annotation.component], "{"),
    ),
    change("an empty text", deployments, set(["metadata", "annotations", annotation.flags], "")),
  ],
  boundary: {
    holds: together(
      "a whole number of replicas",
      change("replicas", deployments, set(["metadata", "annotations", annotation.replicasAsWriter], "2")),
    ),
    breaks: change(
      "a fraction of a replica",
      deployments,
      set(["metadata", "annotations", annotation.replicasAsWriter], "2.5"),
    ),
  },
});
