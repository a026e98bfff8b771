import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { service } from "../../config/application/application";
import { loadApplications } from "../../config/application/load";
import { validate } from "../../config/application/validate";
import { ConfigurationError } from "../../config/configuration-error";
import { layered } from "../../config/layers";
import type { EnvironmentLiteral } from "../../config/literal";
import { loadEnvironment } from "../../config/load";
import { meantValue } from "../../config/meant";
import { onCall } from "../../config/on-call";
import { onCallViolations } from "../../config/on-call-limits";
import { thrownAt, thrownIn } from "../../config/source/thrown";
import { parseWaivers } from "../../readiness/judgement/waivers";
import { fixtureEnvironment, fixtureLiteral } from "../fixtures/platform/environments";
import storefront from "../fixtures/platform/apps/storefront";
import { fixtureApplications } from "../fixtures/platform/platform";

/** The literal with another value at the path. */
function changed<Literal>(literal: Literal, path: string, value: unknown): Literal {
  const copy = structuredClone(literal);
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const owner = steps.reduce((at, step) => (at as Record<string, object>)[step] ?? {}, copy as object);
  (owner as Record<string, unknown>)[last] = value;
  return copy;
}

const linesOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message.split("\n");
  }
  return [];
};

describe("a wrong value of an environment", () => {
  const messages = (path: string, value: unknown): string[] =>
    linesOf(() => loadEnvironment({}, () => ({ production: changed(fixtureLiteral("production"), path, value) })));

  it.each<readonly [string, unknown, string]>([
    ["budget.usdPerMonth", "$2,400", "write 2400 without quotes"],
    ["budget.usdPerMonth", Number.NaN, "found NaN, allowed: more than 0 USD a month"],
    ["budget.ceilingUsdPerMonth", Number.POSITIVE_INFINITY, "found Infinity"],
    ["accountId", "1111-2222-3333", '(write "111122223333")'],
    ["regions.primary.cidr", "10.64.0.1/16", '(write "10.64.0.0/16")'],
    ["regions.primary.zones.2", "use1-az3", "allowed: the name of an availability zone, such as us-east-1a"],
    ["domain", "https://acme.example/", '(write "acme.example")'],
    ["domain", "acme.example.", '(write "acme.example")'],
    ["domain", "*.acme.example", '(write "acme.example")'],
    ["contactEmail", "Operations <operations@acme.example>", '(write "operations@acme.example")'],
    ["adminRoleArn", "arn:aws:sts::210987654321:assumed-role/admin/me", "role/admin"],
    ["adminRoleArn", "arn:aws:iam::210987654321:role/platform admin", "allowed: the ARN of an IAM role"],
    ["apiAccessCidrs.0", "198.51.100.7", '(write "198.51.100.7/32")'],
    ["apiAccessCidrs.0", "198.51.100.7/24", '(write "198.51.100.0/24")'],
    ["apiAccessCidrs", ["198.51.100.0/24", "198.51.100.0/24"], "allowed: each once: remove this one"],
    ["kubernetesVersion", "v1.36", '(write "1.36")'],
    ["kubernetesVersion", "1.36.1", '(write "1.36")'],
    ["name", "Production", "allowed: production, staging, development, local (write "],
    ["backups.schedule", "a b c d e", "allowed: a cron expression of five fields, in UTC, that fires at some time"],
    ["backups.schedule", "99 99 * * *", "that fires at some time"],
    ["protectData", "yes", "(write true without quotes"],
    ["owner", " ", "allowed: at most 63 letters, digits, hyphens, dots and underscores"],
    ["costCentre", "Köln & Söhne <7>", "Kubernetes objects as a label"],
    ["regions.primary.pools.throughput.onDemand.instanceTypes", ["m6a.lrge"], "(did you mean m6a.large?)"],
  ])("%s: %j is one message that leads to the fix", (path, value, expected) => {
    const lines = messages(path, value);
    expect(lines).toEqual([expect.stringContaining(expected)]);
    expect(lines[0]).toMatch(/^config\/[a-z/-]+\.ts:\d+ {2}/);
  });

  it("that two regions are made of is said once, with both paths", () => {
    const pools = { ...fixtureLiteral("production").regions.primary.pools };
    const wrong = { ...pools, general: { ...pools["general"], diskGiB: 5 } };
    const literal = changed(
      changed(fixtureLiteral("production"), "regions.primary.pools", wrong),
      "regions.secondary.pools",
      wrong,
    );
    expect(linesOf(() => loadEnvironment({}, () => ({ production: literal })))).toEqual([
      expect.stringContaining(
        "regions.primary.pools.general.diskGiB and regions.secondary.pools.general.diskGiB: found 5",
      ),
    ]);
  });

  it("under a mistyped name is the name alone, also where a layer before has a part of it", () => {
    const { regions, ...rest } = fixtureLiteral("production");
    const part = ({ name, zones, pools }: EnvironmentLiteral["regions"]["primary"]) => ({ name, zones, pools });
    const literal = layered(
      { ...rest, regions: { primary: part(regions.primary), secondary: part(regions.secondary) } },
      { regoins: regions } as never,
    );
    expect(linesOf(() => loadEnvironment({}, () => ({ production: literal })))).toEqual([
      expect.stringContaining("did you mean regions?"),
    ]);
  });

  it("that is no data is named by its class", () => {
    expect(linesOf(() => loadEnvironment({}, () => ({ production: Promise.resolve({}) })))).toEqual([
      expect.stringContaining('found "a Promise", allowed: export const production = layered(…)'),
    ]);
  });

  it("is a layer that is not there: the message names the argument", () => {
    expect(() => layered({}, undefined as never)).toThrow(
      /^argument 2 of layered\(…\) is undefined, .* is a name in it mistyped\?$/,
    );
  });
});

describe("a wrong value of an application", () => {
  const { literal } = storefront as { literal: object };
  const messages = (wrong: object): string[] =>
    validate(wrong, fixtureApplications.commitments).refusals.map(
      ({ path, found, allowed }) => `${path.join(".")}: ${JSON.stringify(found)} -> ${allowed}`,
    );

  it.each<readonly [string, unknown, string]>([
    ["name", "kube-system", "Kubernetes keeps names that begin with kube-"],
    ["name", "default", "a namespace of the cluster has this name"],
    ["name", "platform", "a stack of the platform has this name"],
    ["components.api.probes.liveness.http", "http://localhost:3000/health", '(write "/health")'],
    ["components.api.talksTo", [{ https: "https://api.example.com/v1" }], '(write {"https":"api.example.com"})'],
    ["objectives.availability", 99.9, "(write 0.999: it is a share, and not 99.9 %)"],
    ["components.api", service("api" as never), "what one of these makes: service, worker or controller"],
    ["flags", [], "an object: { name: value, ... }"],
  ])("%s: %j is one message that leads to the fix", (path, value, expected) => {
    expect(messages(changed(literal, path, value)).filter((line) => line.includes(expected))).toHaveLength(1);
  });

  it("of a setting with a short name suggests none that shares no letter with it", () => {
    const [line = ""] = messages(changed(literal, "components.api.scale.cpu", 70));
    expect(line).toContain("only these settings");
    expect(line).not.toContain("did you mean max?");
  });

  it("is written otherwise only where the setting takes it", () => {
    expect(meantValue("42", (value) => value === 42)).toContain("write 42 without quotes");
    expect(meantValue("42", () => false)).toBeUndefined();
  });
});

describe("a file of apps/", () => {
  const messages = (code: string): string[] => {
    const folder = join(mkdtempSync(join(tmpdir(), "wrong-")), "apps");
    mkdirSync(folder);
    writeFileSync(join(folder, "images.lock.json"), readFileSync(join(fixtureApplications.folder, "images.lock.json")));
    writeFileSync(join(folder, "shop.js"), code);
    const { commitments } = fixtureApplications;
    const { violations } = loadApplications({ folder, commitments }, fixtureEnvironment());
    return violations.map(({ file, found, allowed }) => `${file}: ${String(found)} -> ${allowed}`);
  };
  const exported = "export default application({ … })";
  const mark = 'Symbol.for("plimsoll.application")';

  it.each([
    ["exports.default = Promise.resolve(1);", `a Promise -> ${exported}`],
    ["exports.default = new Map();", `a Map -> ${exported}`],
    ["exports.default = { name: 'shop' };", `an object that is not given to application() -> ${exported}`],
    ["exports.default = () => 1;", `a function that is not called -> ${exported}`],
    [
      `exports.default = { [${mark}]: true, literal: { get name() { throw new Error("no net"); } } };`,
      "no net -> plain data",
    ],
  ])("%s is one message", (code, expected) => {
    expect(messages(code)).toEqual([expect.stringContaining(`apps/shop.ts: ${expected}`)]);
  });

  it("names an image that is not there for the nodes", () => {
    const { literal } = storefront as { literal: object };
    const folder = join(mkdtempSync(join(tmpdir(), "wrong-")), "apps");
    mkdirSync(folder);
    const lock = readFileSync(join(fixtureApplications.folder, "images.lock.json"), "utf8");
    writeFileSync(join(folder, "images.lock.json"), lock.replaceAll("linux/amd64", "linux/arm64"));
    writeFileSync(
      join(folder, "storefront.js"),
      `exports.default = { [${mark}]: true, literal: ${JSON.stringify(literal)}, declaration: {} };`,
    );
    const { commitments } = fixtureApplications;
    const { violations } = loadApplications({ folder, commitments }, fixtureEnvironment());
    expect(violations.length).toBeGreaterThan(0);
    for (const { allowed } of violations) expect(allowed).toMatch(/^an image that is there for linux\/amd64/);
    expect(new ConfigurationError(violations, dirname(fixtureApplications.folder)).message).toContain("make images");
  });
});

describe("what a module throws", () => {
  it.each([
    [null, "null"],
    [undefined, "undefined"],
    ["no network", "no network"],
    [{ message: 7 }, "[object Object]"],
    [new Error("first\nsecond"), "first"],
  ])("is said in one line: %p", (thrown, message) => {
    expect(thrownIn(thrown, "apps/shop.js")).toMatchObject({ message });
    expect(() => thrownAt(thrown)).not.toThrow();
  });
});

describe("wrong on-call values", () => {
  const messages = (path: string, value: unknown): string[] =>
    onCallViolations(changed(onCall, path, value)).map(({ path: at, allowed }) => `${at}: ${allowed}`);

  it.each<readonly [string, unknown, string]>([
    ["teams.fleet.escalation.1.email", "lead at example", "onCall.teams.fleet.escalation.1.email: an e-mail address"],
    ["teams.fleet.escalation.1", { name: "lead", phone: "1" }, "only these settings: email, name"],
    ["teams", {}, "onCall.teams: at least one team"],
    ["teams", undefined, "onCall.teams: an object"],
    ["businessHours", undefined, "onCall.businessHours: an object: { start, end, days }"],
    ["businesHours", onCall.businessHours, "(did you mean businessHours?)"],
    ["teams.fleet.email", "Fleet <fleet@example.com>", '(write "fleet@example.com")'],
  ])("%s: %j", (path, value, expected) => expect(messages(path, value).join("\n")).toContain(expected));

  it("are an export that is not there", () =>
    expect(onCallViolations(undefined).map(({ path }) => path)).toEqual(["onCall"]));
});

describe("a wrong waiver", () => {
  const entry = (more: string): string => `- policy: AV-03\n  subject: edge/x\n  owner: team\n${more}`;
  const rest = "  reason: known\n  ticket: P-1\n  expires: 2027-01-01\n";

  it.each([
    [entry(`\treason: known\n`), "spaces before a setting; a tab, which YAML does not take there"],
    [entry(`${rest}  policy: AV-04\n`), "each setting once; a second policy"],
    [entry('  reason: ""\n  ticket: P-1\n  expires: 2027-01-01\n'), 'reason: a text is expected; ""'],
    ["- AV-03\n", "an entry with policy, subject, owner, reason, ticket, expires; AV-03"],
    ["- *missing\n", "an entry with policy, subject, owner, reason, ticket, expires; *missing, an alias"],
  ])("%j is one problem", (text, expected) => {
    const { waivers, problems } = parseWaivers(text);
    expect(waivers).toEqual([]);
    expect(problems.map(({ expected: wanted, actual }) => `${wanted}; ${actual}`)).toEqual([
      expect.stringContaining(expected),
    ]);
  });
});
