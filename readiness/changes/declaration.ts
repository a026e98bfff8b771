import type { Declaration, Declared } from "../../models/change";
import { templateParts } from "../inventory/expression";
import { type Json, isObject, objectOf, objectsOf, textOf, textsOf } from "../inventory/json";
import type { SynthesisedStack } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import { State } from "../inventory/state";

/** Arguments that say how Terraform treats the block, not what is deployed. */
const metaArguments = new Set(["//", "lifecycle", "provider", "depends_on", "count", "for_each", "provisioner"]);

/** What a set of stacks declares, with references resolved, so that two sets can be compared. */
export function declarationOf(stacks: readonly SynthesisedStack[]): Declaration {
  const state = new State(stacks);
  const moved = new Map(
    stacks.flatMap(({ name, terraform }) =>
      objectsOf(terraform["moved"]).map(({ from, to }): [string, string] => [
        `${name}/${textOf(to) ?? ""}`,
        `${name}/${textOf(from) ?? ""}`,
      ]),
    ),
  );
  return {
    resources: state.resources
      .filter(({ mode }) => mode === "resource")
      .map((resource) => declared({ state, moved }, resource)),
    moved,
    forgotten: new Set(
      stacks.flatMap(({ name, terraform }) =>
        objectsOf(terraform["removed"])
          .filter(({ lifecycle }) => objectsOf(lifecycle).some(({ destroy }) => destroy === false))
          .map(({ from }) => `${name}/${textOf(from) ?? ""}`),
      ),
    ),
  };
}

interface Reading {
  readonly state: State;
  readonly moved: ReadonlyMap<string, string>;
}

function declared(reading: Reading, resource: Resource): Declared {
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(resource.arguments))
    if (!metaArguments.has(name)) collect(reading, resource.stack, name, value, values);
  const ignored = objectOf(objectsOf(resource.arguments["lifecycle"])[0])["ignore_changes"];
  return {
    stack: resource.stack,
    address: resource.address,
    type: resource.type,
    region: resource.region,
    values,
    preventsDestroy: resource.preventsDestroy,
    createsBeforeDestroying: resource.createsBeforeDestroying,
    ignored: ignored === "all" ? "all" : textsOf(ignored).map(plainPath),
  };
}

/** `spec[0].annotations["a/b"]` as it is written in `values`: `spec.annotations.a/b`. */
const plainPath = (path: string): string => path.replace(/\[\d+\]/g, "").replace(/\["([^"]*)"\]/g, ".$1");

function collect(
  reading: Reading,
  stack: string,
  path: string,
  value: Json | undefined,
  into: Map<string, string[]>,
): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value as readonly Json[]) collect(reading, stack, path, one, into);
  } else if (isObject(value)) {
    for (const [name, one] of Object.entries(value)) collect(reading, stack, `${path}.${name}`, one, into);
  } else {
    const list = into.get(path) ?? [];
    list.push(typeof value === "string" ? resolved(reading, stack, value) : String(value));
    into.set(path, list);
  }
}

/** The text with each reference followed. What a resource computes reads `${<stack>/<address>.<attribute>}`, with its former address. */
function resolved({ state, moved }: Reading, stack: string, text: string): string {
  if (!text.includes("${")) return text;
  return templateParts(text)
    .map((part) => {
      if ("literal" in part) return part.literal;
      const value = state.resolve(stack, `\${${part.expression}}`);
      if (value.kind === "reference") {
        const address = `${value.resource.stack}/${value.resource.address}`;
        return `\${${moved.get(address) ?? address}.${value.attribute}}`;
      }
      return (value.kind === "known" ? textOf(value.value) : undefined) ?? `\${${part.expression}}`;
    })
    .join("");
}
