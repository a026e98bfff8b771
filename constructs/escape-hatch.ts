import type { Construct } from "constructs";

/** Anything of CDKTF that takes a raw override: elements and stacks. */
interface Overridable extends Construct {
  addOverride(path: string, value: unknown): void;
}

const declared = new WeakMap<object, Map<string, string>>();
const sealed = new WeakMap<object, WeakSet<object>>();

/**
 * Sets an argument that the typed binding lacks. Every other raw override is reported as an undeclared escape hatch.
 *
 * @param path dots between keys, for example `terraform.backend.s3.use_lockfile`
 * @param reason why the typed binding cannot say it
 */
export function declaredOverride(element: Overridable, path: string, value: unknown, reason: string): void {
  const paths = declared.get(element) ?? new Map<string, string>();
  declared.set(element, paths.set(path, reason));
  element.addOverride(path, value);
}

/** Paths of {@link declaredOverride} on the element. */
export const declaredOverrides = (element: object): readonly string[] => [...(declared.get(element)?.keys() ?? [])];

/** Marks that the stacks of the app are complete: a construct that is added later was made by no guarded construct. */
export function seal(app: Construct): void {
  sealed.set(app, new WeakSet(app.node.findAll()));
}

/** Whether the construct was there when its app was sealed. @default true for an app that was never sealed */
export const isSealed = (app: Construct, construct: Construct): boolean => sealed.get(app)?.has(construct) ?? true;
