import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportCommitments } from "../../catalog/claims/commitments";
import { application, http, service } from "../../config/application/application";
import { takeInventory } from "../../readiness/inventory/inventory";
import { judge, noWaivers } from "../../readiness/judgement/judge";
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

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "other-"));
  const images = { "books:2.0.0": { digest: `sha256:${"7".repeat(64)}`, platforms: ["linux/amd64"] } };
  writeFileSync(join(path, "images.lock.json"), JSON.stringify({ images }));
  writeFileSync(
    join(path, "books.js"),
    `exports.default = { [Symbol.for("plimsoll.application")]: true, literal: ${JSON.stringify(books.literal)}, declaration: {} };`,
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
    expect(judge(platform, policies, noWaivers).findings.map(({ policy, message }) => `${policy} ${message}`)).toEqual(
      [],
    );
  });
});
