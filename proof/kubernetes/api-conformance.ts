import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import { isObject, type Json, type JsonObject, objectOf, objectsOf } from "../../readiness/inventory/json";

/** One version's OpenAPI as a judge of objects; a field that a kind does not have is an error. */
export class ApiSchemas {
  private readonly ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, verbose: true });
  private readonly documents = new Map<string, JsonObject | undefined>();
  private readonly validators = new Map<string, ValidateFunction | undefined>();

  /** @param folder of the version's OpenAPI documents, one for each group and version */
  constructor(private readonly folder: string) {}

  /** @returns what is wrong; undefined when the version has no such kind of its own (a custom resource, or one that was removed) */
  faults(object: { readonly apiVersion: string; readonly kind: string }): readonly string[] | undefined {
    const validate = this.validator(object.apiVersion, object.kind);
    if (!validate) return undefined;
    return validate(object) ? [] : explained(validate.errors ?? []);
  }

  private validator(apiVersion: string, kind: string): ValidateFunction | undefined {
    const key = `${apiVersion} ${kind}`;
    if (!this.validators.has(key)) this.validators.set(key, this.compile(apiVersion, kind));
    return this.validators.get(key);
  }

  private compile(apiVersion: string, kind: string): ValidateFunction | undefined {
    const document = this.document(apiVersion);
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    const found = Object.entries(objectOf(objectOf(document?.["components"])["schemas"])).find(([, schema]) =>
      objectsOf(objectOf(schema)["x-kubernetes-group-version-kind"]).some(
        (one) => one["group"] === group && one["version"] === version && one["kind"] === kind,
      ),
    );
    return found && this.ajv.compile({ $ref: `${documentId(apiVersion)}#/components/schemas/${found[0]}` });
  }

  private document(apiVersion: string): JsonObject | undefined {
    if (!this.documents.has(apiVersion)) {
      const file = join(
        this.folder,
        `${apiVersion.includes("/") ? "apis" : "api"}__${apiVersion.replace("/", "__")}_openapi.json`,
      );
      const document = existsSync(file)
        ? (closed(JSON.parse(readFileSync(file, "utf8")) as Json) as JsonObject)
        : undefined;
      if (document) this.ajv.addSchema({ ...document, $id: documentId(apiVersion) });
      this.documents.set(apiVersion, document);
    }
    return this.documents.get(apiVersion);
  }
}

const documentId = (apiVersion: string): string => `kubernetes/${apiVersion}`;

/** The API server drops or refuses fields that a schema does not name: here each schema with properties refuses them. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(closed);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, closed(entry ?? null)]));
  const open =
    !isObject(inner["properties"]) ||
    inner["additionalProperties"] !== undefined ||
    inner["x-kubernetes-preserve-unknown-fields"] === true ||
    inner["type"] !== "object";
  return open ? inner : { ...inner, additionalProperties: false };
}

const explained = (errors: readonly ErrorObject[]): readonly string[] =>
  [
    ...new Set(
      errors.map(({ instancePath, message, params, data }) => {
        const strange = (params as { additionalProperty?: string }).additionalProperty;
        const found =
          strange === undefined && (typeof data === "string" || typeof data === "number" || typeof data === "boolean")
            ? `, found ${JSON.stringify(data)}`
            : "";
        return `${instancePath.replaceAll("/", ".").replace(/^\./, "") || "the object"}: ${strange === undefined ? (message ?? "invalid") : `unknown field "${strange}"`}${found}`;
      }),
    ),
  ].sort();
