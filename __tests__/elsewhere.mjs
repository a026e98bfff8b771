// `make test-elsewhere`: runs the suite in a copy of the project as its users have it: no shipped application, no test
// and no waiver of one, other values of the organisation, one application of their own.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const copy = mkdtempSync(join(tmpdir(), "elsewhere-"));
const left = new Set([".cache", ".git", "cdktf.out", "dist", "node_modules", "__tests__/applications"]);
const application = `import { application, http, service } from "../config/application/application";

export default application({
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
`;
const values = [
  [/111122223333/g, "555566667777"],
  [/444455556666/g, "666677778888"],
  [/777788889999/g, "888899990000"],
  [/plimsoll\.example/g, "bookshop.example"],
  [/"10\.0\.0\.0\/16"/g, '"10.20.0.0/16"'],
  [/"10\.1\.0\.0\/16"/g, '"10.21.0.0/16"'],
  [/203\.0\.113\.0/g, "192.0.2.0"],
  [/usdPerMonth: 2000/g, "usdPerMonth: 2400"],
];

try {
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const apps = join(copy, "apps");
  for (const name of readdirSync(apps)) rmSync(join(apps, name), { recursive: true });
  mkdirSync(apps, { recursive: true });
  writeFileSync(join(apps, "books.ts"), application);
  const image = { digest: `sha256:${"7".repeat(64)}`, platforms: ["linux/amd64"] };
  writeFileSync(join(apps, "images.lock.json"), JSON.stringify({ images: { "books:2.0.0": image } }));
  writeFileSync(join(copy, "waivers.yaml"), "[]\n");
  const organisation = join(copy, "config/organisation.ts");
  const before = readFileSync(organisation, "utf8");
  writeFileSync(
    organisation,
    values.reduce((text, [from, to]) => text.replace(from, to), before),
  );
  const env = { ...process.env, PLIMSOLL_TEST_TMPDIR: undefined, NODE_OPTIONS: undefined };
  const run = (command, ...words) => spawnSync(command, words, { cwd: copy, env, stdio: "inherit" }).status ?? 1;
  process.exitCode =
    run(process.execPath, "node_modules/jest/bin/jest.js", ...process.argv.slice(2)) ||
    run(process.execPath, "build.mjs", "run");
} finally {
  rmSync(copy, { recursive: true, force: true });
}
