import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noCommitments, reportCommitments } from "../../catalog/claims/commitments";
import { application, http, service } from "../../config/application/application";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { Platform } from "../../readiness/inventory/platform";
import { evidenceOf, reportedClaims } from "../../readiness/report/claims";
import { judge } from "../../readiness/judgement/judge";
import { noWaivers } from "../../readiness/judgement/judgement";
import { discoverPolicies } from "../../readiness/policies";
import { fixtureFacts } from "../fixtures/platform/platform";
import { platformStacks } from "../harness";

/** An application that no report, commitment or lock of the project mentions. */
const books = application({
  name: "books",
  owner: "readers",
  tier: 2,
  objectives: { availability: 0.995, latencyP99Ms: 900, errorRate: 0.01, rtoMinutes: 60, rpoHours: 24 },
  entry: { component: "site", healthPath: "/up", authentication: { secret: "SITE_KEY", checkedAt: "src/site.ts:1" } },
  secrets: {
    SITE_KEY: {
      description: "Key that readers present",
      minimumLength: 32,
      generate: { length: 32, characters: "letters-and-digits" },
      rotationDays: 90,
    },
  },
  components: {
    site: service({
      image: "books:2.0.0",
      port: 8090,
      probes: { liveness: http("/live"), readiness: http("/up") },
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { memory: "128Mi" },
      replicas: 3,
      keepAvailable: 1,
      secrets: ["SITE_KEY"],
    }),
  },
});

type Literal = typeof books.literal;
type Claims = NonNullable<Literal["claims"]>;
type Commitment = Claims[string]["commitments"][number];

/** What its owner promises, one commitment of each kind that a small application can keep. */
const promises: Claims = {
  "BOOKS-1": {
    statement: "Readers find the site, and it stays up",
    commitments: [
      { kind: "component", component: "site", figure: "replicas.min", value: 3 },
      { kind: "component", component: "site", figure: "port.http", value: 8090 },
      { kind: "feature", component: "site", feature: "probes", needs: ["liveness", "readiness"] },
      { kind: "objective", figure: "availability", value: 0.995 },
      { kind: "declaration", path: "objectives.rtoMinutes", value: 60 },
      { kind: "secret", secret: "SITE_KEY", minimumLength: 32 },
      { kind: "monitoring", part: "Prometheus" },
      { kind: "platform", figure: "backups.retentionDays", value: 30 },
    ],
  },
  "BOOKS-2": {
    statement: "A hundred readers at a time",
    commitments: [{ kind: "throughput", unit: "concurrent users", total: 100, perReplica: 50 }],
  },
  "BOOKS-3": { statement: "It is cheap", commitments: [{ kind: "cost", usdPerMonth: 5000 }] },
};
const site = books.literal.components["site"] as Literal["components"][string];
const promising = (claims: Literal["claims"], users = 100): Literal => ({
  ...books.literal,
  ...(claims ? { claims } : {}),
  components: {
    site: {
      ...site,
      throughput: {
        carries: [{ claim: "BOOKS-2", unit: "concurrent users", total: users, perReplica: 50 }],
        cpu: "40m",
      },
    },
  },
});

function folder(literal: Literal = books.literal): string {
  const path = mkdtempSync(join(tmpdir(), "other-"));
  const images = { "books:2.0.0": { digest: `sha256:${"7".repeat(64)}`, platforms: ["linux/amd64"] } };
  writeFileSync(join(path, "images.lock.json"), JSON.stringify({ images }));
  writeFileSync(
    join(path, "books.js"),
    `exports.default = { [Symbol.for("plimsoll.application")]: true, literal: ${JSON.stringify(literal)}, declaration: {} };`,
  );
  return path;
}

describe("a platform that has only an application of its user", () => {
  // Commitments of reports whose applications are not deployed ask for nothing: another budget than theirs is no finding.
  const facts = fixtureFacts();
  facts.environment.budget.usdPerMonth = 2400;
  const platform = takeInventory(
    platformStacks(facts.environment, { folder: folder(), commitments: reportCommitments }),
    { ...facts, commitments: reportCommitments },
  );
  const policies = discoverPolicies()
    .map(({ policy }) => policy)
    // The shapes of its environments are recorded when its user runs `make snapshots`.
    .filter(({ id }) => id !== "DE-06");

  it("has no failing policy and no unknown value", () => {
    const { findings } = judge(platform, policies, noWaivers);
    // The pools are those of several applications: CO-08 rightly says which of them this one does not use.
    const others = findings.filter(({ policy }) => policy !== "CO-08");
    expect(others.map(({ policy, message }) => `${policy} ${message}`)).toEqual([]);
  });
});

describe("claims that an application registers", () => {
  const platformOf = (literal: Literal): Platform => {
    const facts = fixtureFacts();
    return takeInventory(
      platformStacks(facts.environment, { folder: folder(literal), commitments: noCommitments }),
      facts,
    );
  };
  const all = discoverPolicies().map(({ policy }) => policy);
  const outcomes = (platform: Platform): Record<string, string> => {
    const { policies } = judge(platform, all, noWaivers);
    const reported = reportedClaims({ policies, models: {}, evidence: evidenceOf(platform), claims: [] });
    return Object.fromEntries(reported.map(({ id, outcome }) => [id, outcome]));
  };

  it("are judged by the policies of their kinds and reported, each by itself", () => {
    const kept = platformOf(promising(promises));
    expect(outcomes(kept)).toEqual({ "BOOKS-1": "pass", "BOOKS-2": "pass", "BOOKS-3": "pass" });
    const broken = platformOf(
      promising({ ...promises, "BOOKS-3": { statement: "Free", commitments: [{ kind: "cost", usdPerMonth: 1 }] } }, 99),
    );
    expect(outcomes(broken)).toEqual({ "BOOKS-1": "pass", "BOOKS-2": "fail", "BOOKS-3": "fail" });
  });

  it.each<[string, Commitment, string]>([
    ["component", { kind: "component", component: "site", figure: "replicas.min", value: 4 }, "AV-01"],
    ["port", { kind: "component", component: "site", figure: "port.http", value: 80 }, "WL-14"],
    ["feature", { kind: "feature", component: "site", feature: "volumes", needs: ["kept"] }, "WL-15"],
    ["objective", { kind: "objective", figure: "availability", value: 0.999 }, "GO-02"],
    ["declaration", { kind: "declaration", path: "databases.main.version", value: "16" }, "GO-08"],
    ["secret", { kind: "secret", secret: "SITE_KEY", minimumLength: 33 }, "SC-14"],
    ["alert", { kind: "alert", alert: "NodeDiskAlmostFull", above: 0.5 }, "OB-11"],
    ["probe", { kind: "probe", path: "/nowhere" }, "OB-17"],
    ["region", { kind: "platform", figure: "regions.primary", value: "eu-north-1" }, "MR-11"],
    ["pool", { kind: "platform", figure: "pools.general.max", value: 99 }, "CP-14"],
  ])("are refused where the platform does not keep a commitment: %s", (_, commitment, policy) => {
    const platform = platformOf({
      ...books.literal,
      claims: { "BOOKS-9": { statement: "Too much", commitments: [commitment] } },
    });
    const judged = judge(
      platform,
      all.filter(({ id }) => id === policy),
      noWaivers,
    );
    expect(judged.policies.find(({ id }) => id === policy)?.byClaim?.["BOOKS-9"]).toBe("fail");
    expect(judged.findings.map(({ message }) => message).join()).toContain("BOOKS-9");
  });
});
