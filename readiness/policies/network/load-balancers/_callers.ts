import { type ApplicationRecord, programOf } from "../../../../catalog/applications";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Listener } from "../../../inventory/facts/aws/load-balancers";
import type { DeclaredAuthentication } from "../../../inventory/facts/kubernetes/component-facts";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds, within } from "../../../policy/comparison";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { renderedFor } from "../../../policy-terms/delivered-secrets";
import { flagsOf } from "../../../policy-terms/program";

const FIELD = { field: "entry.authentication" };

/** Whether the variable, flag or key of a configuration file that makes the program check callers reaches it. */
function isGiven(by: string, workload: Workload, platform: Platform): boolean {
  const rendered = renderedFor(workload, platform);
  const key = by.split(".").at(-1) ?? by;
  return (
    workload.containers.some(
      (container) =>
        container.environment.some(({ name }) => name === by || name === `${by}_FILE`) || by in flagsOf(container),
    ) ||
    rendered.some(
      ({ kind, name, template }) =>
        (kind === "variable" && name === by) || (kind === "file" && new RegExp(`\\b${key}\\b`).test(template)),
    )
  );
}

const recordOf = ({ namespace }: Workload, { applicationRecords }: Platform): ApplicationRecord | undefined =>
  applicationRecords.find(({ application }) => application === namespace);

/** What the code of the workload says of its callers: its record, or the place that the application file names. @param paths only these are asked about; empty: all */
export function checkedByCode(
  workload: Workload,
  checkedAt: string | undefined,
  paths: readonly string[],
  platform: Platform,
): Verdict {
  const expected = `the code of ${workload.label} checks its callers${paths.length > 0 ? ` at ${paths.join(", ")}` : ""}`;
  const record = recordOf(workload, platform);
  const program = programOf(platform.applicationRecords, workload.namespace, workload.name);
  if (record === undefined || program === undefined)
    return checkedAt === undefined
      ? fail({ expected, actual: "neither a record of its code nor checkedAt says where", ...FIELD })
      : pass(`${expected}: ${checkedAt}`);
  const { checksCallers } = program;
  if (checksCallers === undefined)
    return fail({ expected, actual: `catalog/applications records nothing of it (${record.repository})`, ...FIELD });
  const where = `${record.repository} at ${record.commit.slice(0, 12)}, ${checksCallers.at}`;
  if (checksCallers.by === null)
    return fail({ expected, actual: `nothing in the code checks a key: ${where}`, ...FIELD });
  const { by, paths: checked } = checksCallers;
  if (checked !== undefined && (paths.length === 0 || paths.some((path) => !checked.includes(path))))
    return fail({ expected, actual: `it checks those of ${checked.join(", ")} alone: ${where}`, ...FIELD });
  return holds(isGiven(by, workload, platform), `${expected} by ${by} (${where})`, `${by} does not reach it`, FIELD);
}

/** Listener rules that lead to the pods of a binding, and the path that their health is asked at. */
function waysTo({ object, resource, stack }: PlacedObject, platform: Platform) {
  const arn = textOf(objectOf(object["spec"])["targetGroupARN"]) ?? "";
  const group = platform.targetGroups.find((one) => one.stack === stack && arn.includes(`\${${one.address}.`));
  const rules: readonly Listener["rules"][number][] = platform.loadBalancers
    .flatMap(({ listeners }) => listeners)
    .flatMap((listener) => listener.rules)
    .filter(({ targetGroups }) => group !== undefined && targetGroups.includes(group.resource));
  return { rules, healthPath: group?.healthCheck.path, region: resource.region };
}

/** The load balancer lets in the organisation's own networks, and everybody only where the program itself checks. */
export function letInByNetworks(
  binding: PlacedObject,
  workload: Workload,
  { open }: DeclaredAuthentication,
  platform: Platform,
): Verdict[] {
  const { rules, healthPath } = waysTo(binding, platform);
  if (rules.length === 0)
    return [fail({ expected: `a listener rule that leads to ${workload.label}`, actual: "none", ...FIELD })];
  const toEverybody = [healthPath, ...(open?.paths ?? [])].flatMap((path) => path ?? []);
  return [
    ...rules.map(({ resource, sources, paths }) =>
      sources.length > 0
        ? within(platform.environment.apiAccessCidrs, sources, `networks that ${resource.address} lets in`, FIELD)
        : holds(
            paths.length > 0 && paths.every((path) => toEverybody.includes(path)),
            `${resource.address} opens to everybody only ${toEverybody.join(", ")}`,
            paths.length === 0 ? "every path" : paths.join(", "),
            FIELD,
          ),
    ),
    ...(open ? [checkedByCode(workload, open.checkedAt, open.paths, platform)] : []),
  ];
}
