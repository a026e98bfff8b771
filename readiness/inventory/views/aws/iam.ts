import { type Json, type JsonObject, isObject, objectOf, objectsOf, textOf, textsOf } from "../../json";
import type { Unknown } from "../../unknown";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { IamStatement } from "../../facts/aws/iam";

/** Arguments that hold a policy document as JSON text. */
const documentArguments = [
  "policy",
  "assume_role_policy",
  "access_policy",
  "access_policies",
  "inline_policy",
  "repository_policy",
];

/** Statements of every policy document: JSON texts in arguments, and aws_iam_policy_document blocks. */
export function iamStatementsOf(state: State): readonly IamStatement[] {
  return state.resources
    .filter((resource) => resource.type.startsWith("aws_"))
    .flatMap((resource) =>
      resource.type === "aws_iam_policy_document"
        ? resource.blocks("statement").map((statement, index) => fromBlock(resource, statement, `statement[${index}]`))
        : documentArguments.flatMap((argument) => inArgument(state, resource, argument)),
    );
}

function inArgument(state: State, resource: Resource, argument: string): readonly IamStatement[] {
  if (argument === "inline_policy")
    return resource
      .blocks(argument)
      .flatMap((block, index) => fromText(state, resource, block.raw("policy"), `inline_policy[${index}].policy`));
  return resource.has(argument) ? fromText(state, resource, resource.raw(argument), argument) : [];
}

function fromText(state: State, resource: Resource, raw: Json | undefined, document: string): readonly IamStatement[] {
  if (typeof raw !== "string" || !/^\s*\{/.test(raw)) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    return [];
  }
  return isObject(parsed)
    ? objectsOf(parsed["Statement"]).map((statement) => fromJson(state, resource, statement, document))
    : [];
}

function fromJson(state: State, resource: Resource, statement: JsonObject, document: string): IamStatement {
  const texts = (field: string): readonly string[] =>
    textsOf(statement[field]).map((text) => state.expand(resource.stack, text));
  const conditions = Object.entries(objectOf(statement["Condition"])).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys)).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values).map((text) => state.expand(resource.stack, text)),
    })),
  );
  const principal = statement["Principal"];
  const principals =
    textOf(principal) !== undefined
      ? textsOf(principal)
      : Object.entries(objectOf(principal)).flatMap(([kind, values]) =>
          textsOf(values).map((value) => `${kind}:${state.expand(resource.stack, value)}`),
        );
  return {
    ...about(resource, document, []),
    sid: textOf(statement["Sid"]),
    effect: statement["Effect"] === "Deny" ? "Deny" : "Allow",
    actions: texts("Action"),
    notActions: texts("NotAction"),
    resources: texts("Resource"),
    notResources: texts("NotResource"),
    resourceReferences: state.mentions(resource.stack, statement["Resource"]),
    principals,
    conditions,
  };
}

function fromBlock(resource: Resource, statement: Block, document: string): IamStatement {
  return {
    ...about(resource, document, []),
    sid: statement.text("sid"),
    effect: statement.text("effect") === "Deny" ? "Deny" : "Allow",
    actions: statement.list("actions"),
    notActions: statement.list("not_actions"),
    resources: statement.list("resources"),
    notResources: statement.list("not_resources"),
    resourceReferences: statement.references("resources"),
    principals: statement
      .blocks("principals")
      .flatMap((principal) =>
        principal
          .list("identifiers")
          .map((identifier) => (identifier === "*" ? "*" : `${principal.text("type") ?? "AWS"}:${identifier}`)),
      ),
    conditions: statement.blocks("condition").map((condition) => ({
      operator: condition.text("test") ?? "",
      key: condition.text("variable") ?? "",
      values: condition.list("values"),
    })),
  };
}

function about(
  resource: Resource,
  document: string,
  unknowns: readonly Unknown[],
): Pick<
  IamStatement,
  "stack" | "address" | "constructPath" | "label" | "resource" | "unknowns" | "document" | "trust"
> {
  return {
    stack: resource.stack,
    address: resource.address,
    constructPath: resource.constructPath,
    resource,
    unknowns,
    document,
    label: `${document} of ${resource.type} ${resource.text("name") ?? resource.name}`,
    trust: document === "assume_role_policy",
  };
}
