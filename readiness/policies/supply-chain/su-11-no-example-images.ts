import { annotation } from "../../../contract";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import type { Platform } from "../../inventory/platform";
import { change, resource, set, together, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass } from "../../policy/verdict";

const everyNamespace = resource("kubernetes_namespace_v1");
const real = change(
  "real images everywhere",
  everyNamespace,
  unset(["metadata", "annotations", annotation.exampleImages]),
);
const example = (name: string, stack: RegExp, images: string) =>
  together(
    name,
    real,
    change(
      name,
      resource("kubernetes_namespace_v1", (_block, _id, within) => stack.test(within)),
      set(["metadata", "annotations", annotation.exampleImages], images),
    ),
  );

/** One namespace for each application, with examples before without, primary before standby: a waiver is for an application. */
function applicationsOf({ namespaces, stacks }: Platform): readonly Namespace[] {
  const own = stacks
    .filter(({ layer }) => layer === "application")
    .flatMap(({ name, role }) =>
      namespaces
        .filter(({ stack }) => stack === name)
        .map((namespace) => ({
          namespace,
          rank: (namespace.annotations[annotation.exampleImages] === undefined ? 2 : 0) + (role === "primary" ? 0 : 1),
        })),
    );
  const last = own.sort((a, b) => b.rank - a.rank).map(({ namespace }) => [namespace.name, namespace] as const);
  return [...new Map(last).values()];
}

export default policy({
  id: "SU-11",
  severity: "error",
  proves: [],
  beyond:
    "the reports name no digests, so the project ships made-up ones: they must not be taken for images that were built",
  title: "Production runs images that exist",
  because: "an example digest names no image: every pod of the application stays in ImagePullBackOff",
  remedy:
    "push the image, then run `make images`: it writes the digest to apps/images.lock.json and clears the example mark; or waive the finding until then",
  environments: ["production"],
  subjects: applicationsOf,
  check: ({ annotations }) => {
    const examples = annotations[annotation.exampleImages];
    return examples === undefined
      ? pass("no example image")
      : fail({ expected: "digests of images that exist", actual: `example digests of ${examples}` });
  },
  mutants: [
    example("an example in the primary region", /-us-east-1$/, "storefront:1.0.0"),
    example("an example in the standby alone", /-eu-west-1$/, "storefront:1.0.0"),
  ],
  boundary: {
    holds: real,
    breaks: example("an example of one application", /^storefront-us-east-1$/, "storefront:1.0.0"),
  },
});
