import { createRequire } from "node:module";
import { join } from "node:path";
import { applicationRecords, type ApplicationRecord, type Program } from "../../catalog/applications";
import { portsOf } from "../../config/application/parts/component";
import { validate } from "../../config/application/validate";
import type { Application } from "../../config/application/schema";
import { projectRoot } from "../../config/project";
import { shippedApplications } from "./shipped";

function applicationOf(name: string): Application {
  const { literal } = (createRequire(__filename)(join(projectRoot, "apps", name)) as { default: { literal: unknown } })
    .default;
  const { application } = validate(literal);
  if (!application) throw new Error(`apps/${name}.ts is not valid`);
  return application;
}

const shipped = applicationRecords.filter(({ application }) => shippedApplications.includes(application));
const PLACE = /^[\w./()[\]-]+:[1-9]\d*$/;
const places = (value: unknown): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) =>
        typeof one === "string" && (key === "at" || key.startsWith("--") || key.startsWith("/")) ? [one] : places(one),
      )
    : [];

describe("records of public code", () => {
  it("exist for every shipped application", () =>
    expect(applicationRecords.map(({ application }) => application)).toEqual(
      expect.arrayContaining([...shippedApplications]),
    ));

  it.each(shipped.map((record) => [record.application, record] as const))(
    "of %s name repository, commit, date, and a path and line for each fact",
    (_name, record) => {
      expect(record.repository).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(record.commit).toMatch(/^[0-9a-f]{40}$/);
      expect(record.read).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(places(record).length).toBeGreaterThan(5);
      for (const place of places(record)) expect(place).toMatch(PLACE);
    },
  );
});

describe.each(shipped.map(({ application }) => [application]))("the entry of %s", (name) => {
  it("leads to programs of which it is recorded whether they check callers", () => {
    const { entry } = applicationOf(name);
    const routed = entry ? [entry.component, ...(entry.routes ?? []).map(({ component }) => component)] : [];
    const programs = shipped.find(({ application }) => application === name)?.programs;
    expect(routed.filter((component) => programs?.[component]?.checksCallers === undefined)).toEqual([]);
  });
});

const parts = shipped.flatMap((record) => {
  const application = applicationOf(record.application);
  return Object.entries({ ...application.components, ...application.jobs }).map(
    ([name, part]) => [`${record.application}/${name}`, record.programs[name], part] as const,
  );
});

describe.each(parts)("the file of %s", (_name, program, part) => {
  it("describes a program whose code is recorded", () => expect(program).toBeDefined());

  const recorded = program as Program;
  it("sets only flags and variables that the program reads", () => {
    const flags = [...(part.command ?? []), ...(part.args ?? [])].filter((word) => word.startsWith("--"));
    expect(flags.map((flag) => flag.split("=")[0]).filter((flag) => !((flag ?? "") in recorded.flags))).toEqual([]);
    const secrets = part.secretsAs === "environment" ? (part.secrets ?? []) : [];
    const names = [...Object.keys(part.settings ?? {}), ...Object.keys(part.secretVariables ?? {}), ...secrets];
    expect(names.filter((name) => !(name in recorded.variables))).toEqual([]);
    const required = Object.entries(recorded.variables).flatMap(([name, { required: needed }]) =>
      needed === true ? [name] : [],
    );
    expect(required.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("puts only known keys into the configuration file", () => {
    // Other files hold one secret each, and no keys.
    const files = Object.entries(part.secretFiles ?? {}).filter(([name]) => name.endsWith(".yaml"));
    const keys = files.flatMap(([, text]) =>
      Object.entries(JSON.parse(text) as Record<string, Record<string, unknown>>).flatMap(([section, values]) =>
        Object.keys(values).map((key) => `${section}.${key}`),
      ),
    );
    expect(keys.filter((key) => !(key in (recorded.configuration?.keys ?? {})))).toEqual([]);
  });

  const { checksCallers } = recorded;
  if (checksCallers?.by)
    it("is given what its code checks callers by", () =>
      expect([
        ...Object.keys(recorded.variables),
        ...Object.keys(recorded.flags),
        ...Object.keys(recorded.configuration?.keys ?? {}),
      ]).toContain(checksCallers.by));

  if (part.kind !== "service" && part.kind !== "worker" && part.kind !== "controller") return;

  it("has as many ports as the program listens on, and its metrics path", () => {
    expect(Object.keys(portsOf(part))).toHaveLength(recorded.ports.length);
    expect(part.metrics ?? "/metrics").toBe(recorded.metrics.path ?? "none");
  });

  it("probes paths that the program answers", () => {
    const asked = Object.values(part.probes).flatMap((probe) => (probe && "http" in probe ? [probe.http] : []));
    expect(asked.filter((path) => !(path in recorded.paths))).toEqual([]);
  });

  it("declares the pods that its code makes, with their labels", () => {
    const declared = Object.entries(part.creates ?? {}).map(([name, { labels }]) => [name, labels]);
    expect(declared).toEqual(Object.entries(recorded.creates ?? {}).map(([name, { labels }]) => [name, labels]));
  });

  if (recorded.userId)
    it("runs as the user of the image, or as one that needs no entry in it", () =>
      expect([recorded.userId?.number, 10001]).toContain(part.userId ?? 10001));

  const { leaderElection } = recorded;
  if (leaderElection && part.kind === "controller")
    it("declares the election that is built in", () => {
      const { lease, leaseSeconds, renewSeconds, retrySeconds } = leaderElection;
      expect(part.leaderElection).toEqual({
        flags: "leader-elect",
        leaseName: lease,
        leaseSeconds,
        renewSeconds,
        retrySeconds,
      });
    });

  if (part.scale?.queue)
    it("scales by a queue that the program has", () => {
      const keys = (shipped.find(({ programs }) => Object.values(programs).includes(recorded))?.queues ?? []).map(
        ({ key }) => key,
      );
      expect(keys).toContain(part.scale?.queue?.list);
    });
});

const kinds = shipped.flatMap((record) => (record.kinds ?? []).map((kind) => [kind.kind, record, kind] as const));
describe.each(kinds)("the kind %s", (name, record: ApplicationRecord, kind) => {
  const application = applicationOf(record.application);
  it("has group, version, plural, scope and required fields of the code", () => {
    const declared = application.customResources?.[name];
    const version = declared?.versions.find(({ stored }) => stored);
    expect({ ...declared, version: version?.name, required: [...(version?.spec.required ?? [])].sort() }).toMatchObject(
      {
        group: kind.group,
        plural: kind.plural,
        scope: kind.scope,
        version: kind.version,
        required: kind.required,
      },
    );
  });

  it.each((record.rights ?? []).map((right) => [`${right.group || "core"}/${right.resource}`, right] as const))(
    "comes with RBAC rules for %s",
    (_resource, right) => {
      const verbs = Object.values(application.components).flatMap(({ kubernetes }) =>
        (kubernetes ?? [])
          .filter(({ group, resources }) => group === right.group && resources.includes(right.resource))
          .flatMap((rule) => rule.verbs),
      );
      expect([...new Set(verbs)].sort()).toEqual([...right.verbs].sort());
    },
  );
});
