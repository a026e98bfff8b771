import { resourceType, resourceTypes } from "../../../../catalog/resource-types";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Subject } from "../../../inventory/subject";
import { holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

interface Named extends Subject {
  readonly name: string;
  readonly argument: string;
  readonly scope: "account" | "region";
  readonly others: readonly Resource[];
}

/** Resources with a name of their own; a prefix lets AWS find one that is free. */
function named(platform: Platform): readonly Named[] {
  const found = new Map<string, { readonly resource: Resource; readonly name: string }[]>();
  for (const one of platform.ofType(...resourceTypes(({ name }) => name !== undefined))) {
    const rule = resourceType(one.type)?.name;
    const name = rule && one.raw(rule.argument);
    if (!rule || typeof name !== "string" || name === "") continue;
    // A name with a computed part is compared within its stack, where the same text means the same.
    const place = [rule.takenOnceIn === "region" ? one.region : "", name.includes("${") ? one.stack : ""];
    const key = JSON.stringify([one.type, ...place, name]);
    found.set(key, [...(found.get(key) ?? []), { resource: one, name }]);
  }
  return [...found.values()].flatMap((all) =>
    all.flatMap(({ resource: one, name }) => {
      const rule = resourceType(one.type)?.name;
      return rule
        ? [
            {
              stack: one.stack,
              address: one.address,
              constructPath: one.constructPath,
              label: `${one.type} ${name}`,
              name,
              argument: rule.argument,
              scope: rule.takenOnceIn,
              others: all.flatMap(({ resource: other }) => (other === one ? [] : [other])),
            },
          ]
        : [];
    }),
  );
}

export default policy({
  id: "DE-33",
  severity: "error",
  proves: [],
  beyond: "a platform that cannot be created fulfils no report",
  title: "No two resources have one name where AWS takes it once",
  because:
    "AWS answers that the name exists, and the deployment stops half-way; IAM knows no regions, so a role of the other region counts, too",
  remedy: "put the region into the name, or leave the name to AWS by a prefix",
  subjects: named,
  check: ({ argument, scope, others }) =>
    holds(
      others.length === 0,
      `a name that nothing else of its kind has in the ${scope}`,
      others.length === 0
        ? "it is the only one"
        : `${others.map(({ stack, address }) => `${stack}/${address}`).join(", ")} has it, too`,
      { field: argument },
    ),
  mutants: [
    change("roles of both regions under one name", resource("aws_iam_role"), set("name", "control-plane")),
    change("functions of a region under one name", resource("aws_lambda_function"), set("function_name", "function")),
    change("alarms of a region under one name", resource("aws_cloudwatch_metric_alarm"), set("alarm_name", "alarm")),
    change("buckets under one name", resource("aws_s3_bucket"), set("bucket", "backups")),
  ],
  boundary: {
    holds: change("clusters of two regions under one name", resource("aws_eks_cluster"), set("name", "platform")),
    breaks: change("buckets of two regions under one name", resource("aws_s3_bucket"), set("bucket", "platform")),
  },
});
