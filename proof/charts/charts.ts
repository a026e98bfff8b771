import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { JsonObject } from "../../readiness/inventory/json";
import { isObject, objectsOf } from "../../readiness/inventory/json";
import type { KubernetesObject } from "../../readiness/inventory/kubernetes/object";
import { cacheFolder } from "../run/project-root";

export interface ChartRequest {
  /** Name in its repository, or the absolute path of a folder. */
  readonly chart: string;
  readonly version: string;
  readonly repository: string | undefined;
}
export interface ChartRelease extends ChartRequest {
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
  readonly skipsCrds: boolean;
}

/** The chart cannot be had: nothing is said of its quality. */
export class ChartUnreachable extends Error {}
/** Helm's own "no". */
export class HelmFailure extends Error {}

/** Kinds that the cluster knows by then, which a chart may ask for. */
const API_VERSIONS = [
  "monitoring.coreos.com/v1",
  "monitoring.coreos.com/v1/ServiceMonitor",
  "monitoring.coreos.com/v1/PodMonitor",
  "monitoring.coreos.com/v1/PrometheusRule",
  "policy/v1/PodDisruptionBudget",
  "snapshot.storage.k8s.io/v1",
];
const PULL_SECONDS = 40;

/** Real helm on charts at their exact version: from `PLIMSOLL_CHARTS`, from the cache, or from their repository. */
export class Charts {
  private readonly found = new Map<string, Promise<string>>();
  private readonly silentHosts = new Set<string>();

  constructor(
    private readonly helm: string,
    private readonly kubernetesVersion: string,
    private readonly folder = process.env["PLIMSOLL_CHARTS"] || undefined,
  ) {
    if (folder !== undefined && !existsSync(folder))
      throw new Error(`PLIMSOLL_CHARTS=${folder} does not exist: unset it, or name a folder of charts`);
  }

  /** @throws ChartUnreachable, HelmFailure with helm's words */
  locate(request: ChartRequest): Promise<string> {
    const key = `${request.chart} ${request.version} ${request.repository ?? ""}`;
    const known = this.found.get(key) ?? this.search(request);
    this.found.set(key, known);
    return known;
  }

  /** Chart's own file, parsed: `Chart.yaml`, `values.yaml`. */
  async show(request: ChartRequest, what: "chart" | "values"): Promise<JsonObject> {
    const text = await this.execute(["show", what, await this.locate(request)]);
    const parsed: unknown = parse(text);
    return isObject(parsed) ? parsed : {};
  }

  /** Everything that an installation would create, the CustomResourceDefinitions of `crds/` included. */
  async render(
    release: ChartRelease,
    options: { readonly withMonitors?: boolean } = {},
  ): Promise<readonly KubernetesObject[]> {
    return objectsIn(await this.renderText(release, options), release.namespace).filter(isInstalled);
  }

  async renderText(
    release: ChartRelease,
    { withMonitors = true }: { readonly withMonitors?: boolean } = {},
  ): Promise<string> {
    const chart = await this.locate(release);
    const apis = withMonitors ? API_VERSIONS.flatMap((api) => ["--api-versions", api]) : [];
    return this.execute(
      [
        "template",
        release.name,
        chart,
        "--namespace",
        release.namespace,
        "--kube-version",
        this.kubernetesVersion,
        "--skip-tests",
        ...(release.skipsCrds ? [] : ["--include-crds"]),
        ...apis,
        "--values",
        "-",
      ],
      JSON.stringify(release.values),
    );
  }

  /** The chart's own files as Helm keeps them in the Secret of a release, as JSON: subcharts are not among them. */
  async packed(request: ChartRequest): Promise<string> {
    const found = await this.locate(request);
    const folder = join(cacheFolder(), "charts", `unpacked-${process.pid}-${request.chart}`);
    mkdirSync(folder, { recursive: true });
    try {
      const archive = found.endsWith(".tgz") ? found : await this.package(found, folder);
      const { status, stderr } = spawnSync("tar", ["-xzf", archive, "-C", folder], { encoding: "utf8" });
      if (status !== 0) throw new HelmFailure(`${archive} cannot be unpacked: ${stderr.trim()}`);
      const root = join(folder, request.chart);
      const files = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => !file.startsWith(join(root, "charts/")))
        .sort()
        .map((file) => ({ name: file.slice(root.length + 1), data: readFileSync(file).toString("base64") }));
      return JSON.stringify(files);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async package(chart: string, destination: string): Promise<string> {
    const said = await this.execute(["package", chart, "--destination", destination]);
    return said.replace(/^.*saved it to: /s, "").trim();
  }

  private async search(request: ChartRequest): Promise<string> {
    const { chart, version, repository } = request;
    if (isAbsolute(chart)) return chart;
    const archive = `${chart}-${version}.tgz`;
    for (const path of this.folder === undefined
      ? []
      : [join(this.folder, archive), join(this.folder, chart, version), join(this.folder, chart)]) {
      if (existsSync(path) && (await this.isOf(path, version))) return path;
    }
    const cached = join(cacheFolder(), "charts", archive);
    if (existsSync(cached)) return cached;
    if (repository === undefined) throw new ChartUnreachable("it names no repository");
    return this.pull(request, repository, cached);
  }

  private async isOf(path: string, version: string): Promise<boolean> {
    if (!path.endsWith(".tgz") && !existsSync(join(path, "Chart.yaml"))) return false;
    const facts: unknown = parse(await this.execute(["show", "chart", path]));
    return isObject(facts) && String(facts["version"]) === version;
  }

  private async pull({ chart, version }: ChartRequest, repository: string, cached: string): Promise<string> {
    const host = repository.replace(/^\w+:\/\/([^/]+).*$/, "$1");
    const folder = join(cacheFolder(), "charts", `pull-${process.pid}-${chart}`);
    if (this.silentHosts.has(host)) throw new ChartUnreachable(`${host} does not answer`);
    mkdirSync(folder, { recursive: true });
    try {
      const source = repository.startsWith("oci://")
        ? [`${repository.replace(/\/$/, "")}/${chart}`]
        : [chart, "--repo", repository];
      await this.execute(["pull", ...source, "--version", version, "--destination", folder], undefined, PULL_SECONDS);
      renameSync(join(folder, `${chart}-${version}.tgz`), cached);
      return cached;
    } catch (error) {
      this.silentHosts.add(host);
      const words = error instanceof Error ? error.message : String(error);
      throw new ChartUnreachable(`${repository}: ${words.trim().split("\n").at(-1)?.split(": ").at(-1) ?? ""}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private execute(arguments_: readonly string[], input = "", seconds = 120): Promise<string> {
    const home = join(cacheFolder(), "helm");
    mkdirSync(home, { recursive: true });
    const env = {
      ...process.env,
      HELM_CACHE_HOME: join(home, "cache"),
      HELM_CONFIG_HOME: join(home, "config"),
      HELM_DATA_HOME: join(home, "data"),
    };
    return new Promise((resolve, reject) => {
      const child = spawn(this.helm, arguments_, { env, stdio: ["pipe", "pipe", "pipe"], timeout: seconds * 1000 });
      const out: Buffer[] = [];
      let words = "";
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)));
      child.on("error", reject);
      child.on("close", (code, signal) =>
        code === 0
          ? resolve(Buffer.concat(out).toString("utf8"))
          : reject(new HelmFailure(signal ? `helm ${arguments_[0]}: no answer in ${seconds} s` : words.trim())),
      );
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }
}

/** The objects of a stream of YAML documents, lists opened. */
export function objectsIn(text: string, namespace?: string): readonly KubernetesObject[] {
  return parseAllDocuments(text, { logLevel: "error", merge: true }).flatMap((document): KubernetesObject[] => {
    const value: unknown = document.toJS({ maxAliasCount: -1 });
    if (!isObject(value) || typeof value["kind"] !== "string") return [];
    const objects =
      value["kind"].endsWith("List") && Array.isArray(value["items"]) ? objectsOf(value["items"]) : [value];
    return objects.map((object) => inNamespace(object as KubernetesObject, namespace));
  });
}

/** Hooks of a deletion, a rollback or a test are no part of an installation. */
function isInstalled({ metadata }: KubernetesObject): boolean {
  const hook = metadata.annotations?.["helm.sh/hook"];
  return hook === undefined || hook.split(",").some((name) => /(install|upgrade)$/.test(name.trim()));
}

/** Helm sends objects without a namespace to the release's own; the API server ignores it for kinds that have none. */
const inNamespace = (object: KubernetesObject, namespace: string | undefined): KubernetesObject =>
  object.metadata.namespace !== undefined || namespace === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } };
