import { isObject, type Json, type JsonObject } from "../../readiness/inventory/json";
import type { PlacedObject } from "../../readiness/inventory/kubernetes/object";
import type { State } from "../../readiness/inventory/state";
import { plausibleText } from "../terraform/stack-states";

/** References to attributes of resources; shells write `${x}` too. */
const REFERENCE = /\$\{(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]*\.[^}]+\}/;

/** A JSON value with values of the right form where only a deployment knows them. */
export function plausibleJson(
  state: State,
  stack: string,
  place: { readonly region: string; readonly accountId: string },
  value: Json,
): Json {
  if (typeof value === "string") return REFERENCE.test(value) ? plausibleText(state, stack, value, place) : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((entry) => plausibleJson(state, stack, place, entry));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) =>
      entry === undefined ? [] : [[key, plausibleJson(state, stack, place, entry)]],
    ),
  );
}

/** The object as it will be sent. */
export const plausibleObject = (
  state: State,
  accountId: string,
  { stack, region, object }: Pick<PlacedObject, "stack" | "region" | "object">,
): JsonObject => plausibleJson(state, stack, { region, accountId }, object) as JsonObject;
