import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { templateParts, traversalOf } from "../../readiness/inventory/expression";
import { isObject, type Json, type JsonObject, objectOf, textOf } from "../../readiness/inventory/json";
import { State } from "../../readiness/inventory/state";
import { plausibleValue } from "../kubernetes/plausible-values";
import type { Synthesised } from "../run/synthesised";

const INPUT = "cross-stack-reference-input-";

/** Lets a copied stack read the outputs of the others from local files. @param pathOf the state file of a stack */
export function readStatesFrom(folder: string, pathOf: (stack: string) => string): void {
  const file = join(folder, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  const data = objectOf(stack["data"]);
  const states = Object.entries(objectOf(data["terraform_remote_state"]));
  if (states.length === 0) return;
  const local = Object.fromEntries(
    states.map(([name]) => [name, { backend: "local", config: { path: pathOf(name.slice(INPUT.length)) } }]),
  );
  writeFileSync(file, JSON.stringify({ ...stack, data: { ...data, terraform_remote_state: local } }, undefined, 2));
}

/**
 * Writes for each stack a state file that holds nothing but its outputs: what is written in the stack as it is, and what
 * only a deployment knows as a value of the right form.
 * @returns the path of a stack's file
 */
export function writePlausibleStates({ stacks, environment }: Synthesised, folder: string): (stack: string) => string {
  const state = new State(stacks);
  const pathOf = (stack: string): string => join(folder, `${stack}.outputs.tfstate`);
  for (const { name, outputs, region = environment.regions.primary.name } of state.stacks) {
    const values = Object.entries(outputs).map(
      ([output, body]) =>
        [output, valueOf(state, name, objectOf(body)["value"], { region, accountId: environment.accountId })] as const,
    );
    writeFileSync(
      pathOf(name),
      JSON.stringify({
        version: 4,
        terraform_version: "1.11.0",
        serial: 1,
        lineage: `proof-${name}`,
        resources: [],
        outputs: Object.fromEntries(values.map(([output, value]) => [output, { value, type: typeOf(value) }])),
      }),
    );
  }
  return pathOf;
}

interface Place {
  readonly region: string;
  readonly accountId: string;
}

function valueOf(state: State, stack: string, value: Json | undefined, place: Place): Json {
  const resolved = state.resolve(stack, value);
  if (resolved.kind === "known")
    return Array.isArray(resolved.value)
      ? (resolved.value as readonly Json[]).map((entry) => valueOf(state, stack, entry, place))
      : resolved.value;
  return typeof value === "string" ? plausibleText(state, stack, value, place) : (value ?? null);
}

/** A text with every reference that cannot be followed replaced by a value of its form. */
export function plausibleText(state: State, stack: string, text: string, place: Place): Json {
  const parts = templateParts(state.expand(stack, text)).map((part): Json =>
    "literal" in part ? part.literal : plausiblePart(state, stack, part.expression, place),
  );
  return parts.length === 1 ? (parts[0] ?? "") : parts.map((part) => textOf(part) ?? "").join("");
}

function plausiblePart(state: State, stack: string, expression: string, place: Place): Json {
  const found = traversalOf(expression);
  if (!found) return `computed-${expression.length}`;
  const region = state.at(stack, found.address)?.region ?? place.region;
  return plausibleValue(
    { ...place, region, type: found.address.split(".")[0] ?? "", address: found.address },
    found.attribute,
  );
}

const typeOf = (value: Json): Json =>
  Array.isArray(value)
    ? ["list", "string"]
    : isObject(value)
      ? ["object", Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, typeOf(entry ?? null)]))]
      : typeof value === "boolean"
        ? "bool"
        : typeof value === "number"
          ? "number"
          : "string";
