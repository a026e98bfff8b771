import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { ConfigurationError } from "../../config/configuration-error";
import { environmentNames, type EnvironmentName } from "../../config/environment";
import { allowanceOf } from "../../config/allowed";
import { throughput } from "../../config/application/parts/throughput";
import { layered } from "../../config/layers";
import { loadEnvironment, loadNow } from "../../config/load";
import { locate } from "../../config/source/location";
import { usage } from "../../config/usage";
import { registerViolations } from "../../config/register-limits";
import { usageViolations } from "../../config/usage-limits";
import { reportCommitments } from "../../catalog/claims/commitments";
import type { EnvironmentLiteral } from "../../config/literal";
import { fixtureLiteral } from "../fixtures/platform/environments";

type Literal = Record<string, unknown>;

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

const edited = (edit: (literal: EnvironmentLiteral) => void) => () => {
  const literal = fixtureLiteral("production");
  edit(literal);
  return { production: literal };
};

describe("environments", () => {
  it.each(environmentNames)("%s is valid as it stands", (name: EnvironmentName) => {
    expect(loadEnvironment({ PLIMSOLL_ENV: name }).name).toBe(name);
  });

  it("is production by default", () => expect(loadEnvironment({}).name).toBe("production"));

  it.each([
    [
      "prodction",
      'PLIMSOLL_ENV: found "prodction", allowed: production, staging, development, local (did you mean production?), because each has a file in config/environments',
    ],
    [
      "../../etc/passwd",
      'PLIMSOLL_ENV: found "../../etc/passwd", allowed: production, staging, development, local, because each has a file in config/environments',
    ],
  ])("refuses the name %s", (name, message) =>
    expect(messageOf(() => loadEnvironment({ PLIMSOLL_ENV: name }))).toBe(message),
  );

  it("names the export that a file lacks", () => {
    expect(messageOf(() => loadEnvironment({}, () => ({})))).toBe(
      'config/environments/production.ts:6  found "no such export", allowed: export const production = layered(…), because the file of an environment exports it under its own name',
    );
  });

  it("refuses a file that describes another environment", () => {
    expect(
      messageOf(() =>
        loadEnvironment(
          {},
          edited((literal) => {
            literal.name = "staging";
          }),
        ),
      ),
    ).toContain('name: found "staging", allowed: "production"');
  });

  it("rejects a pool whose node groups AWS cannot name, with the longest that it can", () => {
    const named = (name: string) =>
      edited((literal) => {
        const { pools } = literal.regions.primary;
        pools[name] = pools["general"] as (typeof pools)[string];
      });
    expect(() => loadEnvironment({}, named("fifteen-letters"))).not.toThrow();
    expect(messageOf(() => loadEnvironment({}, named("sixteen-letters-")))).toContain(
      'found "sixteen-letters-", allowed: a name of at most 15 characters, because node groups are named <pool>-on-demand-<zone>-, and AWS takes 37 characters of that',
    );
  });

  it("reports ten errors at once, each with its file and line, sorted", () => {
    const lines = messageOf(() =>
      loadEnvironment(
        {},
        edited((literal) => {
          literal.organisation = "X";
          literal.accountId = "1";
          literal.domain = "UPPER";
          literal.kubernetesVersion = "latest";
          literal.stateRegion = "us-east-1";
          literal.regions.primary.cidr = "10.0.0.0/28";
          literal.regions.secondary.zones = [];
          literal.failover.failureThreshold = 0;
          literal.backups.retentionDays = 0;
          (literal as unknown as Literal)["logRetention"] = 1;
        }),
      ),
    ).split("\n");
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(line).toMatch(/^config\/[a-z/]+\.ts:\d+ {2}.*found .*, allowed: .+, because .+$/);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^config\/organisation\.ts:\d+ {2}regions\.primary\.cidr: found "10\.0\.0\.0\/28", allowed: a private IPv4 network from \/16 to \/18/,
      ),
    );
    const places = lines.map((line) => line.split("  ")[0] ?? "");
    expect(places).toEqual([...places].sort((a, b) => a.localeCompare(b, "en", { numeric: true })));
  });

  it("refuses volumes that nothing has, at their lines, beside what else is wrong", () => {
    const strange = {
      ...usage.production,
      logStoredShare: 3,
      reserves: [{ name: "caches", role: "primary" as const, usdPerMonth: -47, reason: "" }],
      region: { ...usage.production.region, natGb: { standby: 30, ordinary: -100, peak: 1e30 } },
      global: { ...usage.production.global, notifications: Number.NaN },
    };
    const refusal = (module?: Readonly<Record<string, unknown>>): string => {
      try {
        loadEnvironment({}, module && (() => module), { ...usage, production: strange });
      } catch (problem) {
        return problem instanceof ConfigurationError ? problem.message : String(problem);
      }
      return "accepted";
    };
    expect(refusal().split("\n")).toHaveLength(5);
    expect(refusal()).toMatch(
      /^config\/usage\.ts:\d+ {2}production\.region\.natGb\.ordinary: found -100, allowed: 0 to 10,000,000 GB, because 10 PB a month is beyond the first tiers of the price book$/m,
    );
    expect(refusal()).toContain(
      'production.global.notifications: found "NaN", allowed: 0 to 1,000,000,000,000 a month',
    );
    expect(refusal({ production: {} })).toContain("production.reserves.0.usdPerMonth: found -47");
    expect(
      Object.keys(usage).map((name) => usageViolations(usage[name as keyof typeof usage], name as keyof typeof usage)),
    ).toEqual([[], [], [], []]);
  });

  it.each(["10.0.0.0/36", "10.0.0.0", "10.0.0/16", ""])("refuses the network %j, which is none", (text) => {
    expect(
      messageOf(() =>
        loadEnvironment(
          {},
          edited((literal) => {
            literal.regions.primary.cidr = text;
          }),
        ),
      ),
    ).toMatch(
      /^config\/organisation\.ts:\d+ {2}regions\.primary\.cidr: found "[^\n]*", allowed: a private IPv4 network[^\n]*$/,
    );
  });

  it("says of an account id without quotes that it is text", () => {
    const unquoted = edited((literal) => {
      (literal as unknown as Literal)["accountId"] = 111122223333;
    });
    expect(messageOf(() => loadEnvironment({}, unquoted))).toContain(
      'accountId: found 111122223333, allowed: 12 digits in quotes (write "111122223333" in quotes: it is a number, and text is wanted), because',
    );
  });

  it("refuses a second consent to the loss of one resource", () => {
    const consent = (until: string) => ({ address: "data/aws_s3_bucket.logs", reason: "no longer used", until });
    const twice = edited((literal) => {
      (literal as unknown as Literal)["agreedLosses"] = [consent("2026-12-01"), consent("2027-12-01")];
    });
    expect(messageOf(() => loadEnvironment({}, twice))).toMatch(
      /^config\/[a-z/]+\.ts:\d+ {2}agreedLosses\.1: found "data\/aws_s3_bucket\.logs", allowed: each once: remove this one, because two consents for one resource can end on different days$/,
    );
  });

  it("refuses regions whose networks overlap", () => {
    expect(
      messageOf(() =>
        loadEnvironment(
          {},
          edited((literal) => {
            literal.regions.secondary.cidr = literal.regions.primary.cidr;
          }),
        ),
      ),
    ).toMatch(
      /regions\.secondary\.cidr: found "10\.64\.0\.0\/16", allowed: a network that does not overlap 10\.64\.0\.0\/16 of the primary/,
    );
  });
});

describe("the layers of an environment", () => {
  const web = { onDemand: { instanceTypes: ["t3.medium", "t3.large"], min: 3, max: 6 }, dedicated: true, diskGiB: 30 };
  const below = { protectData: true, backups: { retentionDays: 30 }, regions: { primary: { pools: { web } } } };

  it("are merged object by object, a list as a whole", () => {
    const above = { regions: { primary: { pools: { web: { onDemand: { instanceTypes: ["m5.large"], max: 9 } } } } } };
    expect(layered(below, above)).toEqual({
      ...below,
      regions: {
        primary: { pools: { web: { ...web, onDemand: { instanceTypes: ["m5.large"], min: 3, max: 9 } } } },
      },
    });
  });
  it("take back what a layer before has by undefined", () => {
    const { regions, ...rest } = layered(below, {
      backups: undefined,
      regions: { primary: { pools: { web: undefined } } },
    });
    expect(rest).toEqual({ protectData: true });
    expect(regions.primary.pools).toEqual({});
  });
  it("are left as they are", () => {
    const before = structuredClone(below);
    layered(below, { protectData: false, backups: { retentionDays: 1 } }).backups.retentionDays = 2;
    expect(below).toEqual(before);
  });
  it("share no object between regions", () => {
    const pools = { web };
    const { regions } = layered({ regions: { primary: { pools }, secondary: { pools } } });
    expect(regions.primary.pools).not.toBe(regions.secondary.pools);
  });
});

describe("the clock", () => {
  const clock = () => new Date("2020-01-01T00:00:00Z");
  it("is read only when PLIMSOLL_NOW is not set", () => {
    expect(loadNow({}, clock)).toBe("2020-01-01T00:00:00.000Z");
    expect(
      loadNow({ PLIMSOLL_NOW: "2026-11-21" }, () => {
        throw new Error("read");
      }),
    ).toBe("2026-11-21T00:00:00.000Z");
  });
  it.each(["tomorrow", "2026-13-01", "2026-02-31", "21.11.2026", "1"])("refuses %s", (text) => {
    expect(messageOf(() => loadNow({ PLIMSOLL_NOW: text }, clock))).toBe(
      `PLIMSOLL_NOW: found "${text}", allowed: an ISO date such as "2026-11-21" or "2026-11-21T08:00:00Z", because support dates and waivers are judged by it`,
    );
  });
});

describe("source lines", () => {
  const root = mkdtempSync(join(tmpdir(), "source-"));
  const write = (file: string, lines: string[]) => writeFileSync(join(root, file), lines.join("\n"));
  beforeAll(() => {
    mkdirSync(join(root, "apps"));
    write("values.ts", ["export const values = {", "  cidrs: {", '    primary: "a",', "  },", "};"]);
    mkdirSync(join(root, "config/environments"), { recursive: true });
    write("config/organisation.ts", [
      "export const organisation = {",
      "  east: {",
      '    regions: { first: { cidr: "a" }, second: { cidr: "b" } },',
      "  },",
      "};",
    ]);
    write("config/environments/defaults.ts", [
      "const pools = {",
      "  web: { min: 1, max: 2 },",
      "};",
      "export const defaults = {",
      "  regions: { first: { pools }, second: { pools } },",
      "  days: 30,",
      "};",
    ]);
    write("config/environments/east.ts", [
      'import { layered } from "../layers";',
      'import { organisation } from "../organisation";',
      'import { defaults } from "./defaults";',
      "export const east = layered(defaults, organisation.east, {",
      '  name: "east",',
      "  regions: { first: { pools: { web: { max: 9 } } } },",
      "  days: 90,",
      "});",
    ]);
    write("apps/shop.ts", [
      'import { values } from "../values";',
      "const common = {",
      '  image: "x",',
      "};",
      "export default application({",
      '  name: "shop",',
      "  components: {",
      "    api: service({",
      "      ...common,",
      "      scale: { min: 1,",
      "        max: 2 },",
      "      talksTo: [",
      '        redis("a"),',
      '        redis("b"),',
      "      ],",
      "      cidr: values.cidrs.primary,",
      '      "a.b/c": 1,',
      "    }),",
      "  },",
      "  environments: {",
      "    staging: { components: {",
      "      api: { max: 1 },",
      "    } },",
      "  },",
      "});",
    ]);
  });
  it.each([
    ["components.api", "scale.max", "apps/shop.ts", 11],
    ["components.api", "scale.nothing", "apps/shop.ts", 10],
    ["components.api", "talksTo.1", "apps/shop.ts", 14],
    ["components.api", "image", "apps/shop.ts", 3],
    ["components.api", "cidr", "values.ts", 3],
    ["components.api", "a.b/c", "apps/shop.ts", 17],
    ["", "", "apps/shop.ts", 5],
  ])("%s %s", (path, field, file, line) => {
    expect(locate({ file: "apps/shop.ts", path }, field, root)).toEqual({ file, line });
  });
  it.each([
    ["scale.max", "environments.staging.components.api", 22],
    ["scale.min", "environments.staging.components.api", 10],
    ["scale.max", "environments.development.components.api", 11],
  ])("%s as %s may override it", (field, override, line) => {
    expect(locate({ file: "apps/shop.ts", path: "components.api", override }, field, root)).toEqual({
      file: "apps/shop.ts",
      line,
    });
  });
  it("maps a frame of a compiled module to its source", () => {
    const source =
      "// a\n// b\ninterface Gone { a: string }\nexport const x = () => {\n  throw new Error('here');\n};\n";
    const { code, map } = transformSync(source, {
      loader: "ts",
      sourcemap: true,
      sourcefile: "../frame.ts",
      format: "cjs",
    });
    mkdirSync(join(root, "dist"));
    writeFileSync(join(root, "dist/frame.js.map"), map);
    const line = code.split("\n").findIndex((text) => text.includes("throw")) + 1;
    expect(locate({ frame: { file: join(root, "dist/frame.js"), line, column: 5 } }, "", root)).toEqual({
      file: "frame.ts",
      line: 5,
    });
  });
  it.each([
    ["regions.first.pools.web.max", "config/environments/east.ts", 6],
    ["regions.first.pools.web.min", "config/environments/defaults.ts", 2],
    ["regions.second.pools.web.max", "config/environments/defaults.ts", 2],
    ["regions.first.cidr", "config/organisation.ts", 3],
    ["regions.first.pools.web.disk", "config/environments/east.ts", 6],
    ["days", "config/environments/east.ts", 7],
    ["missing", "config/environments/east.ts", 4],
  ])("finds %s in the layer that has it", (path, file, line) =>
    expect(locate({ file: "config/environments/east.ts", path }, "", root)).toEqual({ file, line }),
  );
  it("gives no place outside the project", () =>
    expect(locate({ frame: { file: "/elsewhere/x.js", line: 1, column: 1 } }, "", root)).toBeUndefined());
});

describe("what a component promises to carry", () => {
  const promise = { unit: "messages/s", total: 10_000, perReplica: 2500 };
  const problems = (literal: unknown): string[] => {
    const { error } = throughput.safeParse(literal);
    return (error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${allowanceOf(issue).allowed}`).sort();
  };

  it("is a total, and what one replica carries of it at which CPU", () =>
    expect(problems({ carries: [{ claim: "CA-25", ...promise }], cpu: "50m", megabytesPerSecond: 10 })).toEqual([]));
  it("refuses volumes that nothing has and CPU that is none", () => {
    expect(
      problems({ carries: [{ unit: "messages/s", total: -1, perReplica: 0 }], cpu: "fast", megabytesPerSecond: 1e9 }),
    ).toEqual([
      "carries.0.perReplica: more than 0, at most 1000000000 a replica",
      "carries.0.total: more than 0, at most 1000000000 together",
      'cpu: a CPU quantity such as "250m" or "2"',
      "megabytesPerSecond: more than 0, at most 100000 MB/s",
    ]);
    expect(problems({ carries: [], cpu: "50m" })).toHaveLength(1);
  });
  it("refuses two totals of one unit", () =>
    expect(problems({ carries: [promise, promise], cpu: "50m" })).toEqual(["carries.1.unit: each unit once"]));
});

describe("volumes", () => {
  type Volumes = Record<string, Record<string, unknown>>;
  const messages = (edit: (volumes: Volumes) => void): string => {
    const volumes = structuredClone(usage.production) as unknown as Volumes;
    edit(volumes);
    return messageOf(() => loadEnvironment({}, undefined, { ...usage, production: volumes as never }));
  };
  const rename = (value: Record<string, unknown>, from: string, to: string): void => {
    value[to] = value[from];
    delete value[from];
  };

  it("of a mistyped name are one mistake, with the name that was meant", () => {
    const text = messages(({ region = {} }) => rename(region, "natGb", "natGB"));
    expect(text).toMatch(
      /^config\/usage\.ts:\d+ {2}production\.region\.natGB: found "natGB", allowed: \(did you mean natGb\?\) only these: natGb, /,
    );
    expect(text.split("\n")).toHaveLength(1);
    expect(messages(({ global = {} }) => rename(global, "stateGb", "statesGb"))).toContain("did you mean stateGb?");
    expect(messages(({ region = {} }) => rename(region["natGb"] as never, "ordinary", "ordinay"))).toContain(
      'production.region.natGb.ordinay: found "ordinay", allowed: (did you mean ordinary?) only these: standby, ordinary, peak',
    );
    expect(messages((volumes) => rename(volumes, "global", "globl"))).toContain("did you mean global?");
  });

  it("that are left out, or have one amount for all months, are named", () => {
    expect(messages(({ region = {} }) => delete region["natGb"])).toContain(
      "production.region.natGb: found nothing, allowed: an amount, 0 where there is none",
    );
    expect(messages(({ region = {} }) => (region["natGb"] = 30))).toContain(
      "production.region.natGb: found 30, allowed: { standby, ordinary, peak }, each with an amount",
    );
  });
});

describe("the register of claims", () => {
  const said = (claims: unknown, commitments: unknown): string[] =>
    registerViolations(claims, commitments).map(
      ({ path, found, allowed }) => `${path}: ${String(found)} -> ${allowed}`,
    );

  it("is valid as it stands", () => expect(registerViolations()).toEqual([]));

  it("names every part that an empty file lacks, and no line of a stack", () => {
    expect(said([{ id: "A-1", report: "a", kind: "P", statement: "s" }], {})).toContain(
      "platform: undefined -> an array",
    );
    expect(said({}, reportCommitments)).toEqual([": [object Object] -> an array"]);
    expect(said([], reportCommitments)).toHaveLength(1);
  });

  it("says which figure or step was meant, and which claim there is not", () => {
    const with_ = (part: object): unknown => ({ ...reportCommitments, ...part });
    const workload = (figure: string) => [
      { application: "a", component: "api", figures: [{ claim: "CA-02", figure, value: 3 }] },
    ];
    expect(said(undefined, with_({ workloads: workload("replica.min") }))).toEqual([
      expect.stringMatching(/^workloads\.0\.figures\.0\.figure: replica\.min -> .*\(did you mean replicas\.min\?\)$/),
    ]);
    expect(said(undefined, with_({ steps: [{ claim: "FG-05", application: "a", step: "migrate" }] }))).toEqual([
      "steps.0.step: migrate -> migration, seed (did you mean migration?)",
    ]);
    expect(said(undefined, with_({ probes: [{ claim: "CA-260", application: "a", path: "/" }] }))).toEqual([
      "probes.0.claim: CA-260 -> a claim of catalog/claims/claims.json",
    ]);
  });
});
