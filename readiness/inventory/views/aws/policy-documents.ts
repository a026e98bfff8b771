import type { Condition, Statement } from "../../../../models/permissions";
import { withArns } from "../../arns";
import { type JsonObject, isObject, objectOf, objectsOf, textOf, textsOf } from "../../json";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { PolicyDocument } from "./policy-document";

const documentArguments = ["policy", "assume_role_policy", "access_policy", "repository_policy"] as const;

export function policyDocumentsOf(state: State, account: string): readonly PolicyDocument[] {
  return state.resources
    .filter(({ type, mode }) => mode === "resource" && type.startsWith("aws_"))
    .flatMap((resource) => [
      ...documentArguments.flatMap((argument) => document(state, resource, resource, argument, argument, account)),
      ...resource
        .blocks("inline_policy")
        .flatMap((block, index) =>
          document(state, resource, block, "policy", `inline_policy.${index}.policy`, account),
        ),
    ]);
}

function document(
  state: State,
  resource: Resource,
  block: Block,
  field: string,
  argument: string,
  account: string,
): readonly PolicyDocument[] {
  const raw = block.raw(field);
  if (typeof raw !== "string" || raw === "") return [];
  const read = statementsIn(state, resource.stack, raw, account);
  const { stack, address, constructPath, label } = resource;
  const item = { stack, address, constructPath, label, resource, unknowns: [], argument };
  return [typeof read === "string" ? { ...item, statements: [], unreadable: read } : { ...item, statements: read }];
}

/** Statements of a document written as JSON or as a reference to a data block; a text says why they cannot be read. */
function statementsIn(state: State, stack: string, raw: string, account: string): readonly Statement[] | string {
  const expand = (text: string): string => withArns(state, stack, text, account);
  if (/^\s*\{/.test(raw)) {
    try {
      const parsed: unknown = JSON.parse(raw);
      return isObject(parsed)
        ? objectsOf(parsed["Statement"]).map((one) => fromJson(one, expand))
        : "it is not an object";
    } catch {
      return "it is not valid JSON";
    }
  }
  const value = state.resolve(stack, raw);
  if (value.kind === "known" && typeof value.value === "string" && value.value !== raw)
    return statementsIn(state, stack, value.value, account);
  if (value.kind === "reference" && value.resource.type === "aws_iam_policy_document")
    return value.resource.has("source_policy_documents") || value.resource.has("override_policy_documents")
      ? "it merges other documents"
      : value.resource.blocks("statement").map((one) => fromBlock(one, expand));
  return `${raw} is only known after deployment`;
}

function fromJson(statement: JsonObject, expand: (text: string) => string): Statement {
  const texts = (field: string): readonly string[] => textsOf(statement[field]).map(expand);
  return {
    effect: statement["Effect"] === "Deny" ? "Deny" : "Allow",
    actions: texts("Action"),
    notActions: texts("NotAction"),
    resources: texts("Resource"),
    notResources: texts("NotResource"),
    principals: principalsOf(statement["Principal"], expand),
    notPrincipals: principalsOf(statement["NotPrincipal"], expand),
    conditions: Object.entries(objectOf(statement["Condition"])).flatMap(([operator, keys]) =>
      Object.entries(objectOf(keys)).map(([key, values]): Condition => ({
        operator,
        key,
        values: textsOf(values).map(expand),
      })),
    ),
  };
}

function principalsOf(principal: JsonObject[string], expand: (text: string) => string): readonly string[] {
  const whole = textOf(principal);
  if (whole !== undefined) return [whole];
  return Object.entries(objectOf(principal)).flatMap(([kind, values]) =>
    textsOf(values).map((value) => `${kind}:${expand(value)}`),
  );
}

function fromBlock(statement: Block, expand: (text: string) => string): Statement {
  const texts = (field: string): readonly string[] => statement.list(field).map(expand);
  const principals = (field: string): readonly string[] =>
    statement
      .blocks(field)
      .flatMap((one) =>
        one.list("identifiers").map((id) => (id === "*" ? "*" : `${one.text("type") ?? "AWS"}:${expand(id)}`)),
      );
  return {
    effect: statement.text("effect") === "Deny" ? "Deny" : "Allow",
    actions: texts("actions"),
    notActions: texts("not_actions"),
    resources: texts("resources"),
    notResources: texts("not_resources"),
    principals: principals("principals"),
    notPrincipals: principals("not_principals"),
    conditions: statement.blocks("condition").map((one) => ({
      operator: one.text("test") ?? "",
      key: one.text("variable") ?? "",
      values: one.list("values").map(expand),
    })),
  };
}
