import { entriesOf, listed, type Draft, type DraftProgram, type Refusal } from "./draft";

/** Names that must exist elsewhere in the file. */
export function referenceRefusals(draft: Draft): Refusal[] {
  const names = declaredNames(draft);
  const programs: [string[], DraftProgram][] = [
    ...entriesOf(draft.components).map(
      ([name, component]) => [["components", name], component] as [string[], DraftProgram],
    ),
    ...entriesOf(draft.jobs).map(([name, job]) => [["jobs", name], job] as [string[], DraftProgram]),
  ];
  return [
    ...entryRefusals(draft, names),
    ...programs.flatMap(([path, program]) =>
      [
        ...dependencyRefusals(program, names),
        ...secretRefusals(program, names),
        ...templateRefusals(program, names),
      ].map((refusal) => ({
        ...refusal,
        path: [...path, ...refusal.path],
      })),
    ),
    ...queueRefusals(draft, names),
    ...entriesOf(draft.secrets).flatMap(([name, secret]) =>
      names.databases.has(secret.connection) || names.caches.has(secret.connection)
        ? []
        : [
            {
              path: ["secrets", name, "connection"],
              found: secret.connection,
              allowed: `a database or cache of this application: ${listed([...names.databases.names, ...names.caches.names], "it declares none")}`,
              because: "no resource would write its value",
            },
          ],
    ),
    ...entriesOf(
      draft.environments as Readonly<Record<string, { readonly components?: object } | undefined>> | undefined,
    ).flatMap(([environment, { components }]) =>
      Object.keys(components ?? {})
        .filter((name) => !names.components.has(name))
        .map((name) => ({
          path: ["environments", environment, "components", name],
          found: name,
          allowed: `a component of this application: ${listed(names.components.names, "it has none")}`,
          because: "the size would be set of nothing",
        })),
    ),
  ];
}

interface Names {
  readonly components: Known;
  readonly services: Known;
  readonly secrets: Known;
  readonly databases: Known;
  readonly caches: Known;
}

/** Declared names; where the record itself was refused they are unknown, and none is called absent. */
interface Known {
  readonly names: readonly string[];
  has(name: unknown): boolean;
}

const known = (names: readonly string[], all: boolean): Known => ({
  names,
  has: (name) => all || typeof name !== "string" || names.includes(name),
});

function declaredNames(draft: Draft): Names {
  const keys = (record: "components" | "secrets" | "databases" | "caches"): Known =>
    known(Object.keys(draft[record] ?? {}), record in draft && draft[record] === undefined);
  // A component whose kind was refused may be meant as a service.
  const services = Object.entries(draft.components ?? {})
    .filter(([, component]) => component?.kind === undefined || component.kind === "service")
    .map(([name]) => name);
  return {
    components: keys("components"),
    services: known(services, draft.components === undefined),
    secrets: keys("secrets"),
    databases: keys("databases"),
    caches: keys("caches"),
  };
}

const aService = ({ services }: Names): string =>
  `a service of this application: ${listed(services.names, "it has none")}`;
const aCache = ({ caches }: Names): string =>
  `a cache of this application: ${listed(caches.names, "it declares none under caches")}`;

function entryRefusals(draft: Draft, names: Names): Refusal[] {
  const { entry } = draft;
  const entered = draft.components?.[entry?.component ?? ""];
  const unknown = (path: readonly string[], name: string | undefined): Refusal[] =>
    names.services.has(name)
      ? []
      : [{ path, found: name, allowed: aService(names), because: "the load balancer sends it requests" }];
  return [
    ...unknown(["entry", "component"], entry?.component),
    ...(entered?.kind === "service" && entered.protocol === "grpc"
      ? [
          {
            path: ["entry", "component"],
            found: `${entry?.component ?? ""}, which speaks gRPC`,
            allowed: "a service that speaks HTTP; gRPC services stand in entry.routes",
            because: "Route 53 asks entry.healthPath by GET, which the load balancer does not pass on to a gRPC target",
          },
        ]
      : []),
    ...(entry?.routes ?? []).flatMap((route, index) =>
      unknown(["entry", "routes", String(index), "component"], route?.component),
    ),
    ...(entry?.uninspectedBodies ?? []).flatMap((pattern, index) =>
      typeof pattern !== "string" || /[A-Za-z0-9]/.test(pattern)
        ? []
        : [
            {
              path: ["entry", "uninspectedBodies", String(index)],
              found: pattern,
              allowed: "a path with a name in it, such as /webhooks/*",
              because: "the web ACL would judge no body of the application",
            },
          ],
    ),
    ...authenticationRefusals(["entry", "authentication"], entry?.authentication, names),
    ...(entry?.routes ?? []).flatMap((route, index) =>
      authenticationRefusals(["entry", "routes", String(index), "authentication"], route?.authentication, names),
    ),
  ];
}

type DraftAuthentication = NonNullable<Draft["entry"]>["authentication"];

function authenticationRefusals(path: readonly string[], declared: DraftAuthentication, names: Names): Refusal[] {
  if (declared === undefined) return [];
  const because = "a reviewer could not check how callers are authenticated";
  const refused = (field: string, found: unknown, allowed: string): Refusal[] => [
    { path: [...path, field], found, allowed, because },
  ];
  if ("secret" in declared && !names.secrets.has(declared.secret))
    return refused(
      "secret",
      declared.secret,
      `a secret declared under secrets: ${listed(names.secrets.names, "none is")}`,
    );
  if ("networks" in declared && declared.open !== undefined && !names.secrets.has(declared.open.secret))
    return refused(
      "open.secret",
      declared.open.secret,
      `a secret declared under secrets: ${listed(names.secrets.names, "none is")}`,
    );
  if ("accountsIn" in declared && !names.databases.has(declared.accountsIn) && !names.caches.has(declared.accountsIn))
    return refused(
      "accountsIn",
      declared.accountsIn,
      `a database or cache of this application: ${listed([...names.databases.names, ...names.caches.names], "it declares none")}`,
    );
  if ("delegatedTo" in declared && !names.services.has(declared.delegatedTo))
    return refused("delegatedTo", declared.delegatedTo, aService(names));
  return [];
}

function dependencyRefusals({ talksTo }: DraftProgram, names: Names): Refusal[] {
  return (talksTo ?? []).flatMap((dependency, index): Refusal[] => {
    const refused = (found: unknown, allowed: string): Refusal[] => [
      { path: ["talksTo", String(index)], found, allowed, because: "the network policy could not open a way to it" },
    ];
    if (dependency === undefined) return [];
    if ("component" in dependency && !names.services.has(dependency.component))
      return refused(dependency.component, aService(names));
    if ("redis" in dependency && !names.caches.has(dependency.redis)) return refused(dependency.redis, aCache(names));
    if ("postgres" in dependency && !names.databases.has(dependency.postgres))
      return refused(
        dependency.postgres,
        `a database of this application: ${listed(names.databases.names, "it declares none under databases")}`,
      );
    return [];
  });
}

function secretRefusals({ secrets }: DraftProgram, names: Names): Refusal[] {
  return (secrets ?? []).flatMap((key, index) => {
    const refused = (allowed: string, because: string): Refusal[] => [
      { path: ["secrets", String(index)], found: key, allowed, because },
    ];
    if (!names.secrets.has(key))
      return refused(
        `a secret declared under secrets: ${listed(names.secrets.names, "none is")}`,
        "the pod would never start",
      );
    return secrets?.indexOf(key) === index
      ? []
      : refused("each secret once", "the second entry would be fetched and written over the first");
  });
}

/** `{{ .KEY }}` of templates, in pipelines and calls as well. */
const KEY_IN_TEMPLATE = /(?<![\w)\].])\.([A-Z][A-Z0-9_]*)/g;

/** Templates name secrets that the pod has, and secrets that are only rendered are in a template. */
function templateRefusals({ secrets, secretsAs, secretFiles, secretVariables }: DraftProgram, names: Names): Refusal[] {
  const templates = [
    ...Object.entries(secretFiles ?? {}).map(([name, text]) => [["secretFiles", name], text] as const),
    ...Object.entries(secretVariables ?? {}).map(([name, text]) => [["secretVariables", name], text] as const),
  ];
  const used = templates.flatMap(([path, text]) =>
    [...(text ?? "").matchAll(KEY_IN_TEMPLATE)].map(([, key = ""]) => ({ path, key })),
  );
  const keys = (secrets ?? []).flatMap((key) => key ?? []);
  const unknown = used
    .filter(({ key }) => !keys.includes(key))
    .map(({ path, key }) => ({
      path,
      found: key,
      allowed: `a key of this part's secrets: ${listed(keys, "it has none")}`,
      because: "External Secrets would render an error instead of the file, and the pod would not start",
    }));
  const constant = templates
    .filter(([path]) => !used.some((one) => one.path === path))
    .map(([path]) => ({
      path,
      found: "a text without a secret",
      allowed: "settings, for what is not secret",
      because: "only what holds a secret belongs in a Secret",
    }));
  const unused =
    secretsAs === "rendered"
      ? keys
          .filter((key) => names.secrets.has(key) && !used.some((one) => one.key === key))
          .map((key) => ({
            path: ["secrets", String(keys.indexOf(key))],
            found: key,
            allowed: "a key that secretFiles or secretVariables render",
            because: "with secretsAs rendered the pod gets no other",
          }))
      : [];
  return [...unknown, ...constant, ...unused];
}

function queueRefusals(draft: Draft, names: Names): Refusal[] {
  return entriesOf(draft.components).flatMap(([name, { scale }]) => {
    const redis = scale?.queue?.redis;
    const connected =
      redis === undefined || entriesOf(draft.secrets).some(([, { connection }]) => connection === redis);
    return names.caches.has(redis)
      ? connected
        ? []
        : [
            {
              path: ["components", name, "scale", "queue", "redis"],
              found: redis,
              allowed: `a cache whose connection is a secret: declare one with connection: ${JSON.stringify(redis)}`,
              because: "the autoscaler asks the list with that connection",
            },
          ]
      : [
          {
            path: ["components", name, "scale", "queue", "redis"],
            found: redis,
            allowed: aCache(names),
            because: "the autoscaler reads the length of the list there",
          },
        ];
  });
}
