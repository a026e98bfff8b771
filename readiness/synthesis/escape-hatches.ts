import { Aspects, TerraformElement, TerraformResource, TerraformStack, type App } from "cdktf";
import type { IConstruct } from "constructs";
import { callSite, type Declaration } from "../../config/declaration";
import { declaredOverrides, isSealed } from "../../constructs/escape-hatch";
import { declarationOf, Guarded } from "../../constructs/guarded";
import type { CreatedAt } from "./created-at";

/** Something that reaches the Terraform JSON past the guarded constructs. */
export interface EscapeHatch {
  readonly kind: "override" | "resource" | "aspect";
  readonly constructPath: string;
  /** Terraform address; of a stack or aspect its name. */
  readonly address: string;
  readonly stack: string;
  /** Argument that is overridden. */
  readonly path?: string;
  readonly declaration: Declaration | undefined;
}

type AddOverride = (this: object, path: string, value: unknown) => void;

/** Remembers who calls `addOverride` while `build` runs; cdktf itself keeps only the value. */
export function recordingOverrides(build: () => void): ReadonlyMap<object, ReadonlyMap<string, Declaration>> {
  const calls = new Map<object, Map<string, Declaration>>();
  const prototypes = [TerraformElement.prototype, TerraformStack.prototype] as { addOverride: AddOverride }[];
  const originals = prototypes.map(({ addOverride }) => addOverride);
  prototypes.forEach((prototype, index) => {
    const original = originals[index] as AddOverride;
    const recording: AddOverride = function (path, value) {
      const known = calls.get(this) ?? new Map<string, Declaration>();
      calls.set(this, known.set(path, { frame: callSite(recording) }));
      original.call(this, path, value);
    };
    prototype.addOverride = recording;
  });
  try {
    build();
  } finally {
    prototypes.forEach((prototype, index) => (prototype.addOverride = originals[index] as AddOverride));
  }
  return calls;
}

/** Every escape hatch of the app, sorted by construct path. */
export function escapeHatches(
  app: App,
  calls: ReadonlyMap<object, ReadonlyMap<string, Declaration>> = new Map(),
  created: CreatedAt = new Map(),
): EscapeHatch[] {
  const madeAt = (construct: IConstruct): Declaration | undefined => {
    const frame = created.get(construct);
    return frame ? { frame } : declarationOf(construct);
  };
  const found = app.node.findAll().flatMap((construct): EscapeHatch[] => {
    const stack = construct === app ? "" : stackOf(construct);
    const at = { constructPath: construct.node.path, stack, declaration: declarationOf(construct) };
    const hatches: EscapeHatch[] = [];
    for (const path of undeclaredOverrides(construct))
      hatches.push({
        ...at,
        kind: "override",
        address: addressOf(construct),
        path,
        declaration: calledAt(calls.get(construct), path) ?? at.declaration,
      });
    if (TerraformResource.isTerraformResource(construct) && !isGuarded(app, construct))
      hatches.push({ ...at, kind: "resource", address: addressOf(construct), declaration: madeAt(construct) });
    if (Aspects.of(construct).all.length > 0) hatches.push({ ...at, kind: "aspect", address: addressOf(construct) });
    return hatches;
  });
  return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ constructPath, kind, path = "" }: EscapeHatch): string => `${constructPath} ${kind} ${path}`;

const stackOf = (construct: IConstruct): string =>
  construct.node.scopes.find((scope) => TerraformStack.isStack(scope))?.node.id ?? "";

function addressOf(construct: IConstruct): string {
  return TerraformResource.isTerraformResource(construct)
    ? `${construct.terraformResourceType}.${construct.friendlyUniqueId}`
    : construct.node.path;
}

/** A resource is guarded by a construct above it that names its policies, and was there when the stacks were complete. */
function isGuarded(app: App, resource: IConstruct): boolean {
  if (!isSealed(app, resource)) return false;
  return resource.node.scopes.some(
    (scope) => scope instanceof Guarded || Array.isArray((scope.constructor as { guardedBy?: unknown }).guardedBy),
  );
}

function undeclaredOverrides(construct: IConstruct): string[] {
  const { rawOverrides } = construct as { rawOverrides?: unknown };
  if (typeof rawOverrides !== "object" || rawOverrides === null) return [];
  const known = declaredOverrides(construct);
  return leavesOf(rawOverrides).filter((leaf) => !known.some((path) => leaf === path || leaf.startsWith(`${path}.`)));
}

/** Paths of the values in nested objects; a list is one value. */
function leavesOf(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const nested = typeof child === "object" && child !== null && !Array.isArray(child);
    return nested && Object.keys(child).length > 0 ? leavesOf(child, path) : [path];
  });
}

/** The call whose path the leaf belongs to. */
const calledAt = (calls: ReadonlyMap<string, Declaration> | undefined, leaf: string): Declaration | undefined =>
  [...(calls ?? [])].find(([path]) => leaf === path || leaf.startsWith(`${path}.`))?.[1];
