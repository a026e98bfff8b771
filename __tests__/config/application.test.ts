import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { application as declare } from "../../config/application/application";
import { adjusted } from "../../config/application/adjusted";
import { loadApplications } from "../../config/application/load";
import type { ApplicationLiteral } from "../../config/application/schema";
import { validate } from "../../config/application/validate";
import { ConfigurationError } from "../../config/configuration-error";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import application from "../fixtures/platform/apps/storefront";
import { fixtureApplications } from "../fixtures/platform/platform";

type Edit = (literal: object) => void;

/** Sets the value at `path`: bad input is what no type allows. */
const put =
  (path: string, value: unknown): Edit =>
  (literal) => {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    const owner = steps.reduce((at, step) => (at as Record<string, object>)[step] ?? {}, literal);
    (owner as Record<string, unknown>)[last] = value;
  };
const all =
  (...edits: Edit[]): Edit =>
  (literal) =>
    edits.forEach((edit) => edit(literal));

const { folder: fixtures, commitments } = fixtureApplications;
const root = dirname(fixtures);
const environment = fixtureEnvironment();
const storefront = (application as { literal: ApplicationLiteral }).literal;
const source = readFileSync(join(fixtures, "storefront.ts"), "utf8").split("\n");

/** A folder like apps/: each file holds what is given, as compiled applications do. */
function folder(files: Record<string, unknown>): string {
  const path = join(mkdtempSync(join(tmpdir(), "applications-")), "apps");
  mkdirSync(path);
  writeFileSync(join(path, "images.lock.json"), readFileSync(join(fixtures, "images.lock.json")));
  for (const [name, literal] of Object.entries(files))
    writeFileSync(
      join(path, `${name}.js`),
      literal === undefined
        ? ""
        : `exports.default = { [Symbol.for("plimsoll.application")]: true, literal: ${JSON.stringify(literal)}, declaration: {} };`,
    );
  return path;
}

/** The messages for a file of apps/, one a line, as synthesis prints them. */
function messages(files: Record<string, unknown>): string[] {
  const { violations } = loadApplications({ folder: folder(files), commitments }, environment);
  return violations.length === 0 ? [] : new ConfigurationError(violations, root).message.split("\n");
}

function edited(edit: Edit): ApplicationLiteral {
  const literal = structuredClone(storefront);
  edit(literal);
  return literal;
}

/** Message without its place; the place must be a line that holds `anchor`. */
function judged(edit: Edit): { text: string; line: string }[] {
  return messages({ storefront: edited(edit) }).map((message) => {
    const [, line = "", text = ""] = /^apps\/storefront\.ts:(\d+) {2}(.*)$/.exec(message) ?? [];
    return { text, line: source[Number(line) - 1] ?? "" };
  });
}

const extraPods = {
  labels: { app: "extra" },
  maximum: 1,
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { cpu: "20m", memory: "32Mi" },
};
const worker = storefront.components["worker"];
const version = {
  name: "v1",
  served: true,
  stored: true,
  spec: { type: "object", properties: { a: { type: "string" } } },
};
const label = (max: number): string =>
  `a DNS label: at most ${max} lower-case letters, digits and hyphens, beginning with a letter`;
const named = "it is part of object names and labels of at most 63 characters, and of CronJobs of at most 52";
const nightly = {
  kind: "scheduled",
  image: "storefront:1.0.0",
  requests: { cpu: "1", memory: "1Gi" },
  limits: { memory: "1Gi" },
  deadlineSeconds: 300,
};

const schema = (spec: object): Edit =>
  put("customResources", {
    Thing: { group: "example.com", plural: "things", scope: "Namespaced", versions: [{ ...version, spec }] },
  });

/** What is done to the file, part of the line that is named, and the whole message. */
const bad: readonly (readonly [string, Edit, string, string])[] = [
  [
    "a claim whose commitment is about a component that is not there",
    put("claims", {
      "SLA-7": {
        statement: "Fast.",
        commitments: [{ kind: "component", component: "web", figure: "replicas.min", value: 3 }],
      },
    }),
    "application({",
    'claims.SLA-7.commitments.0.component: found "web", allowed: a component of the application: api, worker, because a commitment about something that is not there cannot be judged',
  ],
  [
    "a commitment of a figure that nothing compares",
    put("claims", {
      "SLA-7": { statement: "Fast.", commitments: [{ kind: "objective", figure: "latency", value: 3 }] },
    }),
    "application({",
    'claims.SLA-7.commitments.0.figure: found "latency", allowed: availability, errorRate, latencyMeanMs, latencyP95Ms, latencyP99Ms, rtoMinutes, rpoHours, podRecoveryMinutes, because policies compare no other figure',
  ],
  [
    "a commitment of a mistyped figure",
    put("claims", {
      "SLA-7": { statement: "Fast.", commitments: [{ kind: "objective", figure: "latencyP90Ms", value: 3 }] },
    }),
    "application({",
    'claims.SLA-7.commitments.0.figure: found "latencyP90Ms", allowed: availability, errorRate, latencyMeanMs, latencyP95Ms, latencyP99Ms, rtoMinutes, rpoHours, podRecoveryMinutes (did you mean latencyP95Ms?), because policies compare no other figure',
  ],
  [
    "a commitment of a kind that there is not",
    put("claims", { "SLA-7": { statement: "Fast.", commitments: [{ kind: "speed" }] } }),
    "application({",
    'claims.SLA-7.commitments.0.kind: found "speed", allowed: component, feature, objective, declaration, throughput, secret, step, alert, probe, monitoring, cost or platform, because the other settings depend on it',
  ],
  [
    "a commitment of the platform with a value of another type",
    put("claims", {
      "SLA-7": {
        statement: "Fast.",
        commitments: [{ kind: "platform", figure: "backups.retentionDays", value: "thirty" }],
      },
    }),
    "application({",
    'claims.SLA-7.commitments.0.value: found "thirty", allowed: a number for backups.retentionDays, because a value of another type never equals what is synthesised',
  ],
  [
    "a claim that a readiness report of another application has",
    put("claims", { "FG-12": { statement: "Fast.", commitments: [{ kind: "probe", path: "/" }] } }),
    "application({",
    'claims.FG-12: found "FG-12", allowed: an id that no claim of catalog/claims/claims.json has: this one is of flakeguard, because one id with two meanings cannot be reported',
  ],
  [
    "a claim without an id that reports can show",
    put("claims", { fast: { statement: "Fast.", commitments: [{ kind: "probe", path: "/" }] } }),
    "application({",
    'claims.fast: found "fast", allowed: an id of at most 30 upper-case letters, digits and hyphens with a hyphen inside, such as SLA-7, because findings and reports name the claim by it',
  ],
  [
    "a claim that commits to nothing",
    put("claims", { "SLA-7": { statement: "Fast.", commitments: [] } }),
    "application({",
    "claims.SLA-7.commitments: found [], allowed: at least one entry, or nothing at all, because an empty list reads like something forgotten",
  ],
  [
    "two components on one port",
    put("components.worker.metricsPort", 8080),
    "metricsPort: 9090",
    "components.worker.metricsPort: found 8080, allowed: a port of its own: 8080 is that of api, because load balancer, network policies and dashboards identify the components of an application by their ports",
  ],
  [
    "two ports of one component with one number",
    put("components.api.metricsPort", 8080),
    "api: service(",
    "components.api.metricsPort: found 8080, allowed: a number and a name of its own, other than http 8080, because two ports of one container with one number or name collide",
  ],
  [
    "gRPC without a port for metrics",
    all(put("components.api.protocol", "grpc"), put("entry", undefined), put("objectives.measuredBy", undefined)),
    "api: service(",
    'components.api.protocol: found "grpc", allowed: grpc beside a metricsPort, or metrics: "none", because nothing can be scraped from a port that speaks gRPC',
  ],
  [
    "a template that names no secret of the part",
    put("components.api.secretFiles", { "server.yaml": "key: {{ .SIGNING_KEY }}" }),
    "api: service(",
    'components.api.secretFiles.server.yaml: found "SIGNING_KEY", allowed: a key of this part\'s secrets: API_KEY, REDIS_URL, because External Secrets would render an error instead of the file, and the pod would not start',
  ],
  [
    "a template without a secret",
    put("components.api.secretVariables", { MODE: "fast" }),
    "api: service(",
    'components.api.secretVariables.MODE: found "a text without a secret", allowed: settings, for what is not secret, because only what holds a secret belongs in a Secret',
  ],
  [
    "a rendered secret that no template renders",
    all(
      put("components.api.secretsAs", "rendered"),
      put("components.api.secretVariables", { HOST: "{{ (urlParse .REDIS_URL).hostname }}" }),
    ),
    "secrets: [",
    'components.api.secrets.1: found "API_KEY", allowed: a key that secretFiles or secretVariables render, because with secretsAs rendered the pod gets no other',
  ],
  [
    "a metrics port beside no metrics",
    put("components.worker.metrics", "none"),
    "worker: worker(",
    'components.worker.metrics: found "none beside a metricsPort", allowed: a path such as /metrics, or no metricsPort; other ports are declared under ports, because a port that is opened to the scrapers and answers nothing hides that there are no metrics',
  ],
  [
    "a metrics path without its slash",
    put("components.worker.metrics", "metrics"),
    "worker: worker(",
    'components.worker.metrics: found "metrics", allowed: none, or a path such as "/metrics" (write "/metrics"), because scrapers ask it',
  ],
  [
    "a worker that says nothing of its metrics",
    (literal) => {
      delete (literal as ApplicationLiteral).components["worker"]?.metricsPort;
    },
    "metricsPort: 9090",
    'components.worker.metricsPort: found nothing, allowed: a port from 1 to 65535, or metrics: "none", because a component without a Service is scraped at a port of its own',
  ],
  [
    "a probe without a port where no port is the default",
    all(put("components.worker.metrics", "none"), put("components.worker.ports", { health: 9091 }), (literal) => {
      delete (literal as ApplicationLiteral).components["worker"]?.metricsPort;
    }),
    "probes: {",
    "components.worker.probes.liveness.port: found nothing, allowed: a port of the component: health, because a component without metrics and without a Service has no port that a probe uses by default",
  ],
  [
    "a probe on an absent port",
    put("components.api.probes.readiness.port", "admin"),
    "probes: {",
    'components.api.probes.readiness.port: found "admin", allowed: a port of the component: http, because a probe of a port that nothing listens on always fails',
  ],
  [
    "min above max",
    put("components.api.scale.min", 21),
    "scale: {",
    "components.api.scale.min: found 21, allowed: less than max, 20; or replicas instead of scale, because Kubernetes refuses an autoscaler with min above max, and one without room never scales",
  ],
  [
    "a request above its limit",
    put("components.api.requests.memory", "2Gi"),
    "requests: {",
    'components.api.requests.memory: found "2Gi", allowed: at most the limit, 1Gi, because Kubernetes refuses a request above its limit',
  ],
  [
    "a budget that deadlocks",
    put("components.worker.keepAvailable", 4),
    "keepAvailable: 3",
    "components.worker.keepAvailable: found 4, allowed: at most 3, one less than replicas, because a budget that no eviction fits stops every drain and upgrade",
  ],
  [
    "a dependency that does not exist",
    put("components.api.talksTo", [{ component: "billing" }]),
    'talksTo: [redis("queue")]',
    'components.api.talksTo.0: found "billing", allowed: a service of this application: api, because the network policy could not open a way to it',
  ],
  [
    "a cache that is not declared",
    put("components.api.talksTo", [{ redis: "jobs" }]),
    'talksTo: [redis("queue")]',
    'components.api.talksTo.0: found "jobs", allowed: a cache of this application: queue, because the network policy could not open a way to it',
  ],
  [
    "a dependency of no known form",
    put("components.api.talksTo", [{ ftp: "host" }]),
    'talksTo: [redis("queue")]',
    'components.api.talksTo.0: found {"ftp":"host"}, allowed: redis("…"), postgres("…", connections), component("…") or https("host.example"), because network policies open the ways of these forms only; any https host opens port 443 to every public address, because they know networks, not names',
  ],
  [
    "a secret shorter than its minimum",
    put("secrets.API_KEY.generate.length", 16),
    "generate: {",
    "secrets.API_KEY.generate.length: found 16, allowed: at least minimumLength, 32, because the application refuses a shorter value when it starts",
  ],
  [
    "a secret that can be guessed",
    put("secrets.GITHUB_TOKEN.minimumLength", 4),
    "minimumLength: 4",
    "secrets.GITHUB_TOKEN.minimumLength: found 4, allowed: at least 8 characters, or identifier: true, because a shorter secret can be guessed",
  ],
  [
    "a secret named twice",
    put("components.api.secrets", ["REDIS_URL", "API_KEY", "API_KEY"]),
    'secrets: ["REDIS_URL", "API_KEY"]',
    'components.api.secrets.2: found "API_KEY", allowed: each secret once, because the second entry would be fetched and written over the first',
  ],
  [
    "a secret that is not declared",
    put("components.api.secrets", ["REDIS_URL", "API_KEY", "OTHER"]),
    'secrets: ["REDIS_URL", "API_KEY"]',
    'components.api.secrets.2: found "OTHER", allowed: a secret declared under secrets: API_KEY, GITHUB_TOKEN, REDIS_URL, because the pod would never start',
  ],
  [
    "a secret of a store that is not declared",
    put("secrets.REDIS_URL.connection", "jobs"),
    "connection: ",
    'secrets.REDIS_URL.connection: found "jobs", allowed: a database or cache of this application: queue, because no resource would write its value',
  ],
  [
    "a queue whose connection nobody declares",
    all(
      put("components.api.scale.queue", { redis: "queue", list: "tasks", perPod: 30 }),
      put("secrets.REDIS_URL", { description: "x", minimumLength: 16 }),
    ),
    "scale: { min: 3",
    'components.api.scale.queue.redis: found "queue", allowed: a cache whose connection is a secret: declare one with connection: "queue", because the autoscaler asks the list with that connection',
  ],
  [
    "an unknown region",
    put("components.api.registries", { ecr: [{ region: "us-east-9", repositories: ["mirror/*"], access: "pull" }] }),
    "api: service(",
    'components.api.registries.ecr.0.region: found "us-east-9", allowed: us-east-1 or eu-west-1 (did you mean us-east-1?), because the platform knows these two regions',
  ],
  [
    "an application's name that load balancers refuse",
    put("name", "a".repeat(31)),
    'name: "storefront"',
    `name: found "${"a".repeat(31)}", allowed: ${label(30)}, because load balancer target groups hold 32 characters, two of them for the region`,
  ],
  [
    "a component's name that CronJobs and labels refuse",
    put("jobs", { ["n".repeat(53)]: { ...nightly, schedule: "0 3 * * *" } }),
    "export default application(",
    `jobs.${"n".repeat(53)}: found "${"n".repeat(53)}", allowed: ${label(20)}, because ${named}`,
  ],
  [
    "a host name longer than DNS holds",
    put("components.api.talksTo", [{ https: `${"a.".repeat(127)}com` }]),
    'talksTo: [redis("queue")]',
    `components.api.talksTo.0: found {"https":"${"a.".repeat(55)}…, allowed: redis("…"), postgres("…", connections), component("…") or https("host.example"), because network policies open the ways of these forms only; any https host opens port 443 to every public address, because they know networks, not names`,
  ],
  [
    "letters that are not ASCII",
    put("owner", "équipe"),
    'owner: "ci-platform"',
    'owner: found "équipe", allowed: a team name that is a valid label value, because every object carries it as a label',
  ],
  [
    "a component with letters that are not ASCII",
    put("components.größe", { ...worker, metricsPort: 9091 }),
    "components: {",
    `components.größe: found "größe", allowed: ${label(20)}, because ${named}`,
  ],
  [
    "an empty list",
    put("components.api.talksTo", []),
    'talksTo: [redis("queue")]',
    "components.api.talksTo: found [], allowed: at least one entry, or nothing at all, because an empty list reads like something forgotten",
  ],
  [
    "no component",
    all(put("components", {}), put("entry", undefined), put("objectives.measuredBy", undefined)),
    "components: {",
    'components: found "none", allowed: at least one component, because an application without one deploys nothing',
  ],
  [
    "a cron that never fires",
    put("jobs", { nightly: { ...nightly, schedule: "0 0 31 2 *" } }),
    "export default application(",
    'jobs.nightly.schedule: found "0 0 31 2 *", allowed: a cron expression of five fields, in UTC, that fires at some time, because Kubernetes knows no seconds, and a schedule that never comes looks like one that works',
  ],
  [
    "an image without a digest",
    put("components.api.image", "storefront:2.0.0"),
    'image: "storefront:1.0.0"',
    `components.api.image: found "storefront:2.0.0", allowed: an image of apps/images.lock.json: ${Object.keys((JSON.parse(readFileSync(join(fixtures, "images.lock.json"), "utf8")) as { images: object }).images).join(", ")}; \`make images\` enters the digest of a new one, because images are deployed by digest, and a tag can be moved`,
  ],
  [
    "a component without limits",
    put("components.api.limits", undefined),
    "limits: {",
    "components.api.limits: found nothing, allowed: an object: { cpu?, memory }, because the setting has this form",
  ],
  [
    "the name that Kubernetes gives to a setting",
    put("components.api.minAvailable", 1),
    "api: service(",
    'components.api.minAvailable: found "minAvailable", allowed: (did you mean keepAvailable?) only these settings: args, aws, bootSeconds, command, creates, distroless, drainSeconds, image, keepAvailable, kubernetes, limits, metrics, metricsPort, nodes, pool, port, ports, probes, protocol, reachedFrom, readsFlags, registries, replicas, requests, scale, scratchMiB, secretFiles, secretVariables, secrets, secretsAs, settings, talksTo, throughput, userId, volumes, because a setting that nothing reads would be silently ignored',
  ],
  [
    "a setting that nothing reads",
    put("components.api.replica", 3),
    "api: service(",
    'components.api.replica: found "replica", allowed: (did you mean replicas?) only these settings: args, aws, bootSeconds, command, creates, distroless, drainSeconds, image, keepAvailable, kubernetes, limits, metrics, metricsPort, nodes, pool, port, ports, probes, protocol, reachedFrom, readsFlags, registries, replicas, requests, scale, scratchMiB, secretFiles, secretVariables, secrets, secretsAs, settings, talksTo, throughput, userId, volumes, because a setting that nothing reads would be silently ignored',
  ],
  [
    "a probe's path that begins elsewhere",
    put("components.api.probes.readiness", { http: "ready" }),
    "probes: {",
    'components.api.probes.readiness.http: found "ready", allowed: a path of printable ASCII that begins with "/" (write "/ready"), because it is sent as it stands',
  ],
  [
    "a probe of no known form",
    put("components.api.probes.readiness", { smtp: 25 }),
    "probes: {",
    'components.api.probes.readiness: found {"smtp":25}, allowed: one of http("/path"), grpc("service"), exec("command") and tcp("port"), because the other settings depend on it',
  ],
  [
    "a fixed count beside an autoscaler",
    put("components.api.replicas", 3),
    "api: service(",
    'components.api: found "both replicas and scale", allowed: exactly one of replicas and scale, because a fixed count would fight the autoscaler',
  ],
  [
    "an autoscaler without room",
    put("components.api.scale.max", 3),
    "scale: {",
    "components.api.scale.min: found 3, allowed: less than max, 3; or replicas instead of scale, because Kubernetes refuses an autoscaler with min above max, and one without room never scales",
  ],
  [
    "a size that takes the room",
    put("environments", { staging: { components: { api: { max: 3 } } } }),
    "export default application(",
    'environments.staging.components.api: found "min 3, max 3", allowed: min less than max, because Kubernetes refuses an autoscaler with min above max, and one without room never scales',
  ],
  [
    "two replicas beside volumes",
    put("components.worker", {
      ...storefront.components["worker"],
      scale: undefined,
      replicas: 2,
      keepAvailable: 2,
      volumes: { state: { path: "/state", sizeGiB: 1 } },
    }),
    "replicas: 4",
    "components.worker.replicas: found 2, allowed: 3, or 5 and more, beside volumes, because a pod stays in the zone of its volume, and the loss of a zone must leave a majority",
  ],
  [
    "a claim of another application",
    put("components.worker.throughput", {
      carries: [{ claim: "XB-07", unit: "requests/s", total: 5, perReplica: 5 }],
      cpu: "100m",
    }),
    "carries: [{ ",
    'components.worker.throughput.carries.0.claim: found "XB-07", allowed: CA-25, because its report and its claims promise no other throughput',
  ],
  [
    "an autoscaler without a metric",
    put("components.api.scale", { min: 3, max: 20 }),
    "scale: {",
    'components.api.scale: found "no metric", allowed: cpuPercent, memoryPercent, queue or several, because an autoscaler without a metric never scales',
  ],
  [
    "an entry that is no service",
    put("entry.component", "worker"),
    "entry: {",
    'entry.component: found "worker", allowed: a service of this application: api, because the load balancer sends it requests',
  ],
  [
    "more listener rules than an application has priorities",
    all(
      put(
        "entry.routes",
        ["a", "b", "c", "d", "e"].map((component) => ({
          component,
          healthPath: "/health",
          paths: Array.from({ length: 12 }, (_, index) => `/${component}/${index}`),
        })),
      ),
      ...["a", "b", "c", "d", "e"].map((name, index) =>
        put(`components.${name}`, { ...storefront.components["api"], port: 8081 + index }),
      ),
    ),
    "entry: {",
    'entry.routes: found "21 listener rules", allowed: at most 20: every three paths of a route are one, those of the entry\'s component beside them, because the next rules could have the priorities of another application',
  ],
  [
    "an exception from the web ACL for every path",
    put("entry.uninspectedBodies", ["/hooks/*", "/*"]),
    "entry: {",
    'entry.uninspectedBodies.1: found "/*", allowed: a path with a name in it, such as /webhooks/*, because the web ACL would judge no body of the application',
  ],
  [
    "a route whose target group has too long a name",
    all(
      put("entry.routes", [{ component: "administration-pages", paths: ["/"], healthPath: "/health" }]),
      put("components.administration-pages", { ...storefront.components["api"], port: 8081 }),
    ),
    "entry: {",
    'entry.routes.0.component: found "storefront-administration-pages-p", allowed: at most 32 characters, because load balancer target groups hold no longer name',
  ],
  [
    "an entry that speaks gRPC",
    all(put("components.api.protocol", "grpc"), put("components.api.metricsPort", 9464)),
    "entry: {",
    'entry.component: found "api, which speaks gRPC", allowed: a service that speaks HTTP; gRPC services stand in entry.routes, because Route 53 asks entry.healthPath by GET, which the load balancer does not pass on to a gRPC target',
  ],
  [
    "two routes of one component",
    put("entry.routes", [{ component: "api", paths: ["/a"], healthPath: "/health" }]),
    "entry: {",
    'entry.routes.0.component: found "api", allowed: a component that no other route and not the entry itself names, because each has one target group',
  ],
  [
    "a route with more paths than its rules hold",
    put("entry.routes", [
      { component: "api", paths: Array.from({ length: 13 }, (_, index) => `/${index}`), healthPath: "/health" },
    ]),
    "entry: {",
    'entry.routes.0.paths: found "13 paths", allowed: at most 12: a pattern such as "/app/*" takes many, because a listener rule holds three beside the two host names, and a route has at most four rules',
  ],
  [
    "more pods made at run time at ordinary times than at most",
    put("components.worker.creates", { extra: { ...extraPods, usual: 2 } }),
    "worker: worker(",
    "components.worker.creates.extra.usual: found 2, allowed: at most maximum, 1, because the quota admits no more",
  ],
  [
    "a source of pods made at run time without its port",
    put("components.worker.creates", {
      extra: { ...extraPods, reachedFrom: [{ namespace: "keda", port: "control" }] },
    }),
    "worker: worker(",
    'components.worker.creates.extra.reachedFrom.0.port: found "control", allowed: a port of these pods: ports names none, because the network policy could not open a way to it',
  ],
  [
    "pods made at run time with the name of a component",
    put("components.worker.creates", { api: extraPods }),
    "worker: worker(",
    'components.worker.creates.api: found "api", allowed: a name that no component, no job and no other group of pods has, because labels and network policies select pods by it',
  ],
  [
    "a leader that renews longer than its lease",
    put("components.worker", {
      ...worker,
      kind: "controller",
      leaderElection: { leaseSeconds: 10, renewSeconds: 15, retrySeconds: 2 },
    }),
    "worker: worker(",
    "components.worker.leaderElection.renewSeconds: found 15, allowed: less than leaseSeconds, 10, because a leader that renews longer than its lease works beside its successor",
  ],
  [
    "a leader that tries once",
    put("components.worker", {
      ...worker,
      kind: "controller",
      leaderElection: { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 10 },
    }),
    "worker: worker(",
    "components.worker.leaderElection.retrySeconds: found 10, allowed: less than renewSeconds, 10, because a leader that tries once gives up at the first lost packet",
  ],
  [
    "a wildcard in the rights",
    put("components.api.kubernetes", [{ group: "apps", resources: ["*"], verbs: ["get"] }]),
    "api: service(",
    'components.api.kubernetes.0.resources.0: found "*", allowed: a resource in the plural, such as "pods" or "worldspecs/status", because a wildcard grants permissions that no review has seen',
  ],
  [
    "a schema whose object says nothing",
    schema({ type: "object" }),
    "export default application(",
    'customResources.Thing.versions.0.spec: found "an object without content", allowed: properties, additionalProperties or x-kubernetes-preserve-unknown-fields: true, because the API server drops what an object does not declare',
  ],
  [
    "a schema with a value of no type",
    schema({
      type: "object",
      properties: {
        size: {
          type: "object",
          properties: {
            rows: {},
            port: { "x-kubernetes-int-or-string": true },
            rest: { "x-kubernetes-preserve-unknown-fields": true },
          },
        },
      },
    }),
    "export default application(",
    'customResources.Thing.versions.0.spec.properties.size.properties.rows: found "no type", allowed: type: object, array, string, integer, number, boolean; none only beside x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields, because the API server refuses a value of no type',
  ],
  [
    "a schema with a list of nothing",
    schema({ type: "object", properties: { rows: { type: "array" } } }),
    "export default application(",
    'customResources.Thing.versions.0.spec.properties.rows: found "an array without items", allowed: items: the schema of an entry, because the API server refuses any other',
  ],
  [
    "a schema that requires what it lacks",
    schema({ type: "object", required: ["row"], properties: { rows: { type: "integer" } } }),
    "export default application(",
    'customResources.Thing.versions.0.spec.required: found "row", allowed: one of its properties: rows, because no value could ever set it',
  ],
  [
    "a kind with two stored versions",
    put("customResources", {
      Thing: {
        group: "example.com",
        plural: "things",
        scope: "Namespaced",
        versions: [version, { ...version, name: "v2" }],
      },
    }),
    "export default application(",
    'customResources.Thing.versions: found "2 stored versions", allowed: exactly one, because etcd holds objects in one version',
  ],
  [
    "a size of a component that is not there",
    put("environments", { staging: { components: { web: { max: 2 } } } }),
    "export default application(",
    'environments.staging.components.web: found "web", allowed: a component of this application: api, worker, because the size would be set of nothing',
  ],
  [
    "a size that deadlocks another environment",
    put("environments", { staging: { components: { api: { min: 2 } } } }),
    "export default application(",
    'environments.staging.components.api: found "keepAvailable 2 of 2", allowed: less than the fewest replicas, because a budget that no eviction fits stops every drain and upgrade',
  ],
  [
    "rights on AWS that name nothing",
    put("components.api.aws", {}),
    "api: service(",
    "components.api.aws: found {}, allowed: buckets, queues or tables; or remove aws, because it gives the pods nothing, and reads like something forgotten",
  ],
  [
    "a bucket twice",
    put("components.api.aws", {
      buckets: ["read", "write"].map((access) => ({ name: "invoices-{region}", access })),
      queues: ["send", "receive"].map((access) => ({ name: "orders", access })),
    }),
    "api: service(",
    'components.api.aws.buckets.1: found "invoices-{region}", allowed: each once: remove this one, because a reviewer reads one entry for each, and its access with it',
  ],
  [
    "a queue to send to twice",
    put("components.api.aws", { queues: ["send", "send"].map((access) => ({ name: "orders", access })) }),
    "api: service(",
    'components.api.aws.queues.1: found "send orders", allowed: each once: remove this one, because a reviewer reads one entry for each',
  ],
  [
    "a path whose bodies are left out twice",
    put("entry.uninspectedBodies", ["/hooks/*", "/logs", "/hooks/*"]),
    "entry: {",
    'entry.uninspectedBodies.2: found "/hooks/*", allowed: each once: remove this one, because a path is left out of the judgement once, and six are all there is room for',
  ],
  [
    "a job that a new node makes too late",
    put("jobs", { nightly: { ...nightly, schedule: "0 3 * * *", deadlineSeconds: 239 } }),
    "export default application(",
    "jobs.nightly.deadlineSeconds: found 239, allowed: 240 to 86400 seconds, because a new node takes 180 s of it and the image 60 s, and a run that hangs blocks the rollout",
  ],
  [
    "10 000 components",
    all(...Array.from({ length: 10_000 }, (_, index) => put(`components.c${index}`, worker))),
    "components: {",
    'components: found "10002 entries", allowed: at most 30 entries, because each entry becomes objects of one stack, and more cannot be reviewed',
  ],
];

describe("a file of apps/", () => {
  it("is accepted as it stands", () => expect(messages({ storefront })).toEqual([]));

  it.each(bad)("with %s gets one message with its line", (_name, edit, anchor, message) => {
    const found = judged(edit);
    expect(found.map(({ text }) => text)).toEqual([message]);
    expect(found[0]?.line).toContain(anchor);
  });

  it("gets all messages at once, sorted by line", () => {
    const together = bad.filter(([name]) =>
      /one port$|above max|above its limit|deadlocks$|shorter|^letters|an empty list/.test(name),
    );
    const lines = messages({ storefront: edited((literal) => together.forEach(([, edit]) => edit(literal))) });
    expect(lines).toHaveLength(together.length);
    const places = lines.map((line) => Number(/:(\d+) /.exec(line)?.[1]));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("with more entries than it may have says what else is wrong in them, and between them and others", () => {
    const indicator = { latencyP95Ms: 100, measuredBy: { component: "api", histogram: "h", buckets: [0.1] } };
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`i${index}`, indicator]));
    const found = judged(
      put("objectives.indicators", {
        ...eleven,
        i3: { ...indicator, latencyP95Ms: -1 },
        i4: { measuredBy: indicator.measuredBy },
        i5: { ...indicator, measuredBy: { ...indicator.measuredBy, component: "ghost" } },
      }),
    );
    expect(found.map(({ text }) => text.split(", ")[0])).toEqual([
      'objectives.indicators: found "11 entries"',
      "objectives.indicators.i3.latencyP95Ms: found -1",
      'objectives.indicators.i4: found "no objective"',
      'objectives.indicators.i5.measuredBy.component: found "ghost"',
    ]);
  });

  it("says what the environment lacks beside what is wrong with the file itself", () => {
    const found = judged(
      all(
        put("components.api.pool", "gold"),
        put("components.worker.image", "storefront:9.0.0"),
        put("components.worker.keepAvailable", 4),
      ),
    );
    expect(found.map(({ text }) => text.split(",")[0])).toEqual([
      'components.api.pool: found "gold"',
      'components.worker.image: found "storefront:9.0.0"',
      "components.worker.keepAvailable: found 4",
    ]);
    expect(found.map(({ line }) => line.trim().split(":")[0])).toEqual(["pool", "image", "keepAvailable"]);
  });

  it("that cannot be loaded is named with its line, beside the mistakes of others", () => {
    const path = folder({ storefront: edited(put("tier", 4)) });
    writeFileSync(join(path, "broken.js"), '"use strict";\n\nthrow new Error("no such book\\n- in the library");\n');
    const { violations } = loadApplications({ folder: path, commitments }, environment);
    expect(
      new ConfigurationError(violations, root).message.split("\n").map((line) => line.split(", allowed")[0]),
    ).toEqual(['apps/broken.ts:3  found "no such book"', "apps/storefront.ts:7  tier: found 4"]);
  });

  it("that forgot an import is told which one", () => {
    const path = folder({ storefront });
    writeFileSync(join(path, "broken.js"), '"use strict";\n\nservice({});\n');
    writeFileSync(join(path, "other.js"), '"use strict";\n\nlaunch({});\n');
    const { violations } = loadApplications({ folder: path, commitments }, environment);
    expect(violations.map(({ found, allowed }) => [found, allowed])).toEqual([
      ["service is not defined", 'the name imported: import { service } from "../config/application/application"'],
      ["launch is not defined", expect.stringMatching(/^code that runs to its export/)],
    ]);
  });

  it("that is no application, and two of one name", () => {
    expect(messages({ storefront, tail: storefront, unset: undefined })).toEqual([
      'apps/tail.ts:1  name: found "storefront", allowed: a name that no other application has (apps/storefront.ts has this one), because namespaces, secrets and addresses are named after it',
      'apps/unset.ts:1  found "no default export", allowed: export default application({ … }), because every file of apps/ is one application',
    ]);
  });

  it.each([
    [5],
    [null],
    ["text"],
    [[]],
    [{}],
    [{ components: { api: null } }],
    [{ components: [1, 2], entry: 3, secrets: "x", jobs: null, environments: { staging: 4 } }],
  ])("of the form %j is refused, never thrown at", (literal) => {
    expect(validate(literal).refusals.length).toBeGreaterThan(0);
  });
});

describe("what differs by environment", () => {
  const literal = declare(
    edited(
      all(
        put("flags", { ENABLE_RERUN: true }),
        put("environments", {
          staging: { components: { api: { max: 5 } }, flags: { ENABLE_RERUN: false }, settings: { LOG: "debug" } },
        }),
      ),
    ),
  ).literal;
  const application = validate(literal, commitments).application;
  it("is sizes, switches and settings; production is as written", () => {
    if (!application) throw new Error("the application is not valid");
    expect(adjusted(application, "production")).toBe(application);
    expect(adjusted(application, "development")).toEqual(application);
    const claims = { "SLA-7": { statement: "Fast.", commitments: [{ kind: "probe" as const, path: "/" }] } };
    expect(adjusted({ ...application, claims }, "production").claims).toEqual(claims);
    expect(adjusted({ ...application, claims }, "staging").claims).toBeUndefined();
    const staging = adjusted(application, "staging");
    expect(staging.components["api"]).toMatchObject({
      scale: { min: 3, max: 5, cpuPercent: 70 },
      settings: { LOG: "debug" },
    });
    expect(staging.components["worker"]).toMatchObject({ replicas: 4 });
    expect(staging.flags).toEqual({ ENABLE_RERUN: false });
  });
});
