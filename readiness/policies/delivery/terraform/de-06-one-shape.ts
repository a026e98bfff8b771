import { byCause, shapeDifferences, shapeOf } from "../../../figures/shape/shape";
import { shapeIn } from "../../../figures/shape/shape-lock";
import type { Platform } from "../../../inventory/platform";
import { shapedEnvironments } from "../../../inventory/shape";
import { add, change, remove, removeStack, resource, set } from "../../../policy/mutation";
import { policy, wholePlatform } from "../../../policy/policy";
import { fail, pass, type Place, unknown } from "../../../policy/verdict";
import { nodeGroups, releaseOf } from "../../../policy-terms/targets";

/** Applications stand in every environment alike: where the lock has others, it is older than they are, and one line says so. */
function otherApplications(
  { stacks }: Platform,
  recorded: readonly string[],
): { readonly said: string; readonly place?: Place }[] {
  const known = new Set(recorded.map((address) => address.split("/")[0] ?? ""));
  const own = stacks
    .filter(({ layer, name, role }) => layer === "application" && role !== "secondary" && !known.has(name))
    .map(({ application, name }) => ({
      said: `${application} is not in it`,
      place: { constructPath: `${name}/namespace`, field: "name" },
    }));
  const gone = [...known]
    .filter((name) => !stacks.some((stack) => stack.name === name))
    .map((name) => ({ said: `${name} is gone` }));
  return [...own, ...gone].sort((a, b) => (a.said < b.said ? -1 : 1));
}

export default policy({
  id: "DE-06",
  severity: "warning",
  title: "Staging and development have the shape of production, sizes apart",
  because: "what staging does not have is not tested: its first run is in production",
  remedy:
    "where what differs is new, such as an application, and meant in all environments, record their shapes again by make snapshots; else make the environments alike in config/environments",
  proves: ["FL-08", "XB-11"],
  environments: ["production", "staging", "development"],
  subjects: () => [wholePlatform],
  check: (_, platform) => {
    const own = shapedEnvironments.find((name) => name === platform.environment.name);
    const { shapes } = platform;
    if (own === undefined || shapes === undefined) return unknown("no shape of this environment is recorded");
    const shape = shapeOf(platform);
    const stale = otherApplications(platform, Object.keys(shapeIn(shapes, own)));
    if (stale.length > 0)
      return fail({
        expected: "shapes that were recorded with the applications of now",
        actual: `readiness/figures/shape/shapes.lock.json: ${stale.map(({ said }) => said).join("; ")}`,
        place: stale.find(({ place }) => place)?.place,
      });
    const others = own === "production" ? shapedEnvironments.filter((name) => name !== own) : ["production" as const];
    const differences = others.flatMap((other) =>
      byCause(shapeDifferences(shape, shapeIn(shapes, other))).map((difference) => ({ other, ...difference })),
    );
    if (differences.length === 0)
      return pass(`${Object.keys(shape).length} resources are set alike in ${[own, ...others].join(", ")}`);
    return differences.map(({ other, resource: where, left, right }) =>
      fail({
        expected: `${where} in ${other}: ${right}`,
        actual: `in ${own}: ${left}`,
        place: { constructPath: where.replace(/ \(.*$/, ""), field: "" },
      }),
    );
  },
  mutants: [
    change("a newer Kubernetes", resource("aws_eks_cluster"), set("version", "1.37")),
    change("protection that only one has", resource("aws_lb"), set("enable_deletion_protection", false)),
    remove("no network policies", resource("kubernetes_network_policy_v1")),
    remove(
      "no Spot nodes",
      resource("aws_eks_node_group", (block) => block["capacity_type"] === "SPOT"),
    ),
    removeStack("an application that is gone", "storefront-us-east-1"),
    add("a queue that the others do not have", "data-us-east-1", "aws_sqs_queue", "extra", { name: "extra" }),
    change("another chart", releaseOf("velero"), set("version", "99.0.0")),
    change("other rights", resource("aws_iam_role_policy"), set("policy.Statement.0.Effect", "Deny")),
  ],
  boundary: {
    holds: change("more nodes", nodeGroups, set("scaling_config.max_size", 9)),
    breaks: change("one type of instance more", nodeGroups, set("instance_types", ["t3.medium", "t3.large"])),
  },
});
