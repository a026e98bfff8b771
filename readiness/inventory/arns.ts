import { resourceType } from "../../catalog/resource-types";
import { templateParts } from "./expression";
import type { Resource } from "./resource";
import type { State } from "./state";

/** What stands for a part that AWS makes up, for example the end of a secret's ARN. */
const MADE_UP = "made-by-aws";

/** An identity of its own for a resource that AWS names: stack and Terraform name. */
const idOf = (resource: Resource): string => `${resource.stack}.${resource.name}`;

/** ARN that the resource will have; parts that AWS makes up are the same text for the same resource. Undefined: no form known. */
export function arnOf(resource: Resource, account: string, region = resource.region ?? ""): string | undefined {
  if (resource.mode !== "resource") return undefined;
  return resourceType(resource.type)?.arn?.replaceAll(
    /\{([^}|]+)(?:\|([^}]*))?\}/g,
    (_, part: string, otherwise?: string) =>
      ({ account, region, id: idOf(resource), "made-by-aws": MADE_UP })[part] ??
      resource.text(part) ??
      otherwise ??
      idOf(resource),
  );
}

/** ARN of a secret in a region: its own, or one that it is replicated to. */
export const secretArn = (secret: Resource, region: string, account: string): string =>
  arnOf(secret, account, region) ?? "";

/** A text with its references replaced: by what they are set to, or by the ARN that their resource will have. */
export function withArns(state: State, stack: string, text: string, account: string): string {
  if (!text.includes("${")) return text;
  return templateParts(text)
    .map((part) => {
      if ("literal" in part) return part.literal;
      const value = state.resolve(stack, `\${${part.expression}}`);
      if (value.kind === "known") return String(value.value);
      const arn = value.kind === "reference" && value.attribute === "arn" ? arnOf(value.resource, account) : undefined;
      return arn ?? `\${${part.expression}}`;
    })
    .join("");
}
