import { readFileSync } from "node:fs";
import { join } from "node:path";
import { siteOf } from "../../config/site";
import { isObject, type JsonObject, objectOf, textMapOf, textOf } from "../../readiness/inventory/json";
import type { ProvedStack, Synthesised } from "../run/synthesised";

/** A function as its stack declares it. */
export interface DeclaredFunction {
  readonly stack: ProvedStack;
  readonly address: string;
  readonly name: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly archive: string;
  /** Reference to its role. */
  readonly role: string;
  /** As in the stack's JSON: with references. */
  readonly variables: Readonly<Record<string, string>>;
}
export interface DeclaredMachine {
  readonly name: string;
  /** As in the stack's JSON: with references. */
  readonly definition: string;
}
export interface DatabaseOfPromotion {
  readonly identifier: string;
  readonly maxLagSeconds: number;
  readonly wantedRetentionDays: number;
}
export interface CacheOfPromotion {
  readonly name: string;
  readonly secret: string;
  readonly prefix: string;
  readonly [field: string]: unknown;
}

/** What the standby of an environment promotes with, as synthesis wrote it. */
export interface PromotionParts {
  readonly region: string;
  readonly cluster: string;
  readonly steps: DeclaredFunction;
  /** Loads copies in the standby, and takes them in the primary; undefined: no cache is persistent. */
  readonly copies: { readonly load: DeclaredFunction; readonly take: DeclaredFunction } | undefined;
  readonly promotion: DeclaredMachine;
  readonly gameDay: DeclaredMachine;
  readonly databases: readonly DatabaseOfPromotion[];
  readonly caches: readonly CacheOfPromotion[];
  /** Groups of the access entry of the role of the steps. */
  readonly groups: readonly string[];
}

/** @throws Error when a part is missing: without it nothing could be promoted */
export function promotionParts({ environment, stacks }: Synthesised): PromotionParts {
  const { primary, secondary } = environment.regions;
  const stackOf = (region: string): ProvedStack => {
    const found = stacks.find(({ name }) => name === `stores-${region}`);
    if (found === undefined) throw new Error(`${environment.name} has no stack stores-${region}`);
    return found;
  };
  const [standby, other] = [stackOf(secondary.name), stackOf(primary.name)];
  const steps = functionBy(standby, "promotion/");
  const promotion = machineBy(standby, "-promotion");
  const gameDay = machineBy(standby, "-game-day");
  if (steps === undefined || promotion === undefined || gameDay === undefined)
    throw new Error(`${environment.name}/${standby.name} has no promotion or no game day`);
  const [load, take] = [functionBy(standby, "cache-copy/"), functionBy(other, "cache-copy/")];
  const entry = Object.values(resources(standby, "aws_eks_access_entry"))
    .map(objectOf)
    .find((one) => one["principal_arn"] === steps.role);
  return {
    region: secondary.name,
    cluster: siteOf(environment, "secondary").clusterName,
    steps,
    copies: load === undefined || take === undefined ? undefined : { load, take },
    promotion,
    gameDay,
    databases: JSON.parse(steps.variables["DATABASES"] ?? "[]") as DatabaseOfPromotion[],
    caches: JSON.parse(load?.variables["CACHES"] ?? "[]") as CacheOfPromotion[],
    groups: (entry?.["kubernetes_groups"] ?? []) as readonly string[],
  };
}

const resources = ({ terraform }: ProvedStack, type: string): JsonObject =>
  objectOf(objectOf(terraform["resource"])[type]);

const functionBy = (stack: ProvedStack, handler: string): DeclaredFunction | undefined =>
  functionsOf(stack, handler)[0];

/** Functions of a stack whose handler begins so. */
export const functionsOf = (stack: ProvedStack, handler: string): readonly DeclaredFunction[] =>
  Object.entries(resources(stack, "aws_lambda_function")).flatMap(([address, body]) =>
    isObject(body) && (textOf(body["handler"]) ?? "").startsWith(handler)
      ? [
          {
            stack,
            address,
            name: textOf(body["function_name"]) ?? "",
            handler: textOf(body["handler"]) ?? "",
            timeoutSeconds: Number(body["timeout"]),
            role: textOf(body["role"]) ?? "",
            archive: join(stack.folder, textOf(body["filename"]) ?? ""),
            variables: textMapOf(objectOf(body["environment"])["variables"]),
          },
        ]
      : [],
  );

function machineBy(stack: ProvedStack, ending: string): DeclaredMachine | undefined {
  for (const body of Object.values(resources(stack, "aws_sfn_state_machine"))) {
    const { name, definition } = objectOf(body);
    if (typeof name === "string" && name.endsWith(ending) && typeof definition === "string")
      return { name, definition };
  }
  return undefined;
}

export const archiveOf = ({ archive }: DeclaredFunction): string => readFileSync(archive).toString("base64");
