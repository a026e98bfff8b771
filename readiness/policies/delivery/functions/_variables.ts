import type { FunctionVariable } from "../../../../catalog/functions/variables";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { holds } from "../../../policy/comparison";
import { fail, type Verdict } from "../../../policy/verdict";
import { entriesOf, judgeStores, same } from "./_stores-of-functions";

type Form = FunctionVariable["is"];
type Judge = (called: Resource, variable: FunctionVariable, platform: Platform) => Verdict[];

const pathOf = (name: string): string => `environment.variables.${name}`;
const shown = (called: Resource, name: string): string => called.expanded(pathOf(name)) ?? "nothing";

/** The resource that a variable is an attribute of, in the region. */
function attribute(
  type: string,
  attributes: readonly string[],
  region: (called: Resource, of: FunctionVariable) => string | undefined,
): Judge {
  return (called, variable) => {
    const found = called.reference(pathOf(variable.name));
    const wanted = region(called, variable);
    const fits =
      found?.resource.type === type &&
      found.resource.region === wanted &&
      attributes.some((one) => found.attribute.startsWith(one));
    return [
      holds(
        fits,
        `${variable.name} that is ${attributes[0] ?? ""} of ${type} in ${wanted ?? "its region"}`,
        found
          ? `${found.attribute} of ${found.resource.address} in ${found.resource.region ?? "no region"}`
          : shown(called, variable.name),
      ),
    ];
  };
}

const own = (called: Resource): string | undefined => called.region;
/** Region that another variable names, or the function's own. */
const namedIn = (called: Resource, { in: by }: FunctionVariable): string | undefined =>
  by === undefined ? called.region : called.text(pathOf(by));

const judges: Readonly<Record<Form, Judge>> = {
  text: () => [],
  number: (called, { name }) => [
    holds(Number.isFinite(Number(called.text(pathOf(name)))), `${name} that is a number`, shown(called, name)),
  ],
  bucket: attribute("aws_s3_bucket", ["bucket", "id"], namedIn),
  "bucket-region": (called, { name, of }) => [
    same(
      called.resource(pathOf(of ?? ""))?.region,
      called.text(pathOf(name)),
      `${name}, against the bucket of ${of ?? ""}`,
    ),
  ],
  "cluster-name": attribute("aws_eks_cluster", ["name", "id"], own),
  "cluster-endpoint": attribute("aws_eks_cluster", ["endpoint"], own),
  "cluster-certificate": attribute("aws_eks_cluster", ["certificate_authority"], own),
  topic: attribute("aws_sns_topic", ["arn", "id"], own),
  secret: (called, { name }, { secrets }) => [
    holds(
      secrets.some((one) => one.name === called.text(pathOf(name))),
      `${name} that names a secret of the platform`,
      shown(called, name),
    ),
  ],
  "secret-prefix": (called, { name }, { secrets }) => {
    const prefix = called.text(pathOf(name)) ?? "";
    const missed = secrets.filter((one) => one.rotation?.rotator === called && one.name?.startsWith(prefix) !== true);
    return [
      holds(
        prefix.endsWith("/") && missed.length === 0,
        `${name} that ends with / and begins the names of all secrets that it rotates`,
        `${prefix || "nothing"}, without ${missed.map((one) => one.name).join(", ") || "none"}`,
      ),
    ];
  },
  stores: (called, { name }, platform) => judgeStores(called, name, platform),
  databases: (called, { name }, { databases }) => {
    const there = new Set(
      databases.filter(({ region }) => region === called.region).map(({ identifier }) => identifier),
    );
    const entries = entriesOf(called, name);
    if (entries === undefined) return [fail({ expected: `${name} of JSON`, actual: shown(called, name) })];
    return entries.map(({ block }) =>
      holds(
        there.has(block.text("identifier")),
        `${name} with databases of ${called.region ?? "its region"}`,
        block.text("identifier") ?? "none",
      ),
    );
  },
};

/** Present, and of the form that the function reads. */
export function judgeVariable(called: Resource, variable: FunctionVariable, platform: Platform): Verdict[] {
  if (!called.has(pathOf(variable.name)) || called.raw(pathOf(variable.name)) === "")
    return variable.optional
      ? []
      : [
          fail({
            expected: `${variable.name} of ${variable.is}`,
            actual: "not set",
            message: `${called.label}: ${variable.name} is not set: ${variable.because}`,
          }),
        ];
  return judges[variable.is](called, variable, platform).map((verdict) =>
    verdict.outcome === "fail"
      ? { ...verdict, message: `${called.label}: ${verdict.expected}; found ${verdict.actual}: ${variable.because}` }
      : verdict,
  );
}
