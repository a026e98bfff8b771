import { minorOf, servedFrom } from "../../catalog/kubernetes/removed-apis";
import { supportCalendar } from "../../catalog/support-calendar";
import { isObject, type Json } from "../../readiness/inventory/json";
import { ApiSchemas } from "./api-conformance";
import { ToolMissing } from "../engine-builds/obtain";
import { obtainApi, pinnedApis } from "../engine-builds/kubernetes-apis";
import type { Ledger } from "../run/ledger";
import type { SentObject } from "./region-content";
import { labelOf } from "./sending";

/** EKS versions that are in extended support at least, oldest first. */
export const supportedMinors = (now: string): readonly string[] =>
  supportCalendar()
    .items.filter(
      ({ product, endOfExtendedSupport }) =>
        product === "eks" && (endOfExtendedSupport === null || endOfExtendedSupport >= now.slice(0, 10)),
    )
    .map(({ version }) => version)
    .sort(new Intl.Collator("en", { numeric: true }).compare);

/** The versions of Kubernetes that EKS supports, each as its OpenAPI describes it. Kinds of definitions are the API server's business. */
export class Conformance {
  private readonly versions: { readonly version: string; readonly schemas: ApiSchemas }[] = [];
  private readonly judged = new Map<string, readonly string[]>();

  /** What cannot be had is reported, and not judged. */
  static async prepare(ledger: Ledger, now: string): Promise<Conformance> {
    const conformance = new Conformance();
    for (const minor of supportedMinors(now)) {
      const pinned = pinnedApis().find((one) => one.minor === minor);
      if (!pinned) {
        ledger.cannot(`objects against Kubernetes ${minor}`, "engines/kubernetes-apis.json pins no version of it");
        continue;
      }
      try {
        conformance.versions.push({
          version: pinned.version,
          schemas: new ApiSchemas(await obtainApi(pinned, (line) => ledger.progress.step(line))),
        });
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        if (error instanceof ToolMissing) ledger.lacks(`objects against Kubernetes ${minor}`, error);
        else
          ledger.cannot(`objects against Kubernetes ${minor}`, "the OpenAPI of the version cannot be had", { detail });
      }
    }
    return conformance;
  }

  prove(ledger: Ledger, environment: string, objects: readonly SentObject[]): void {
    for (const sent of objects.filter(({ origin }) => origin !== "stand-in")) {
      const faults = this.faults(sent);
      for (const words of faults)
        ledger.failed(`${environment}/${labelOf(sent)}: not valid in every supported version`, words);
      if (faults.length === 0) ledger.proved("objects valid in every supported version of Kubernetes");
    }
    if (objects.length > 0)
      ledger.progress.step(
        `${environment}: ${objects.length} objects against Kubernetes ${this.versions.map(({ version }) => version).join(", ")}`,
      );
  }

  /** Regions and environments share most of their objects: each is judged once. */
  private faults({ object }: SentObject): readonly string[] {
    const key = JSON.stringify(object);
    const known = this.judged.get(key) ?? this.judge(withoutNulls(object) as SentObject["object"]);
    this.judged.set(key, known);
    return known;
  }

  private judge(object: SentObject["object"]): readonly string[] {
    const first = minorOf(servedFrom(object.apiVersion, object.kind)) ?? 0;
    const answers = this.versions
      .filter(({ version }) => (minorOf(version) ?? 0) >= first)
      .map(({ version, schemas }) => ({ version, faults: schemas.faults(object) }));
    if (answers.every(({ faults }) => faults === undefined)) return [];
    return answers.flatMap(({ version, faults }) =>
      faults === undefined
        ? [`Kubernetes ${version} has no ${object.apiVersion} ${object.kind}`]
        : faults.length > 0
          ? [`Kubernetes ${version}: ${faults.join("; ")}`]
          : [],
    );
  }
}

/** The API server reads null as absent. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) =>
      entry === undefined || entry === null ? [] : [[key, withoutNulls(entry)]],
    ),
  );
}
