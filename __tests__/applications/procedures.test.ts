import { loadApplications } from "../../config/application/load";
import { loadEnvironment } from "../../config/load";
import { reportCommitments } from "../../catalog/claims/commitments";
import { projectRoot } from "../../config/project";
import { proceduresOf } from "../../documentation/procedures/procedures";
import { join } from "node:path";
import { shippedStacks } from "./shipped";
import { fixtureEnvironment } from "../fixtures/platform/environments";

const { applications } = loadApplications(
  { folder: join(projectRoot, "apps"), commitments: reportCommitments },
  loadEnvironment({ PLIMSOLL_ENV: "production" }),
);
// The shipped applications are synthesised on the fixture organisation: the commands are written for the same one.
const commands = proceduresOf(
  fixtureEnvironment("production"),
  applications.map(({ application }) => application),
).flatMap(({ steps }) => steps.flatMap((step) => step.commands ?? []));

/** Values of the arguments that name a resource. */
const named = (pattern: RegExp): string[] => [
  ...new Set(commands.flatMap((command) => [...command.matchAll(pattern)].map(([, name = ""]) => name))),
];

const text = JSON.stringify(shippedStacks("production"));
const exists = (name: string): boolean => text.includes(JSON.stringify(name)) || text.includes(`\\"${name}\\"`);

describe("commands of the procedures", () => {
  it.each([
    ["clusters", /--(?:context|kubecontext|name|alias) ([a-z][\w-]*-\w+-\w+-\d)\b/g],
    ["namespaces", /--(?:namespace|include-namespaces) ([\w-]+)(?![\w-]*-restored)/g],
    ["workloads", /deployment\/([\w-]+)/g],
    ["parameters", /--name (\/[\w/-]+)/g],
    ["functions", /--function-name ([\w-]+)/g],
    ["kinds", /--include-resources ([\w.-]+)/g],
    ["external secrets", /externalsecret ([\w-]+)/g],
    ["secrets", /--secret-id (\S+)/g],
    ["databases", /--(?:source-)?db-instance-identifier ([\w-]+?)(?=-restored|-damaged| |$)/g],
    ["groups of subnets", /--db-subnet-group-name (\S+)/g],
    ["groups of parameters", /--db-parameter-group-name (\S+)/g],
  ] as const)("name %s that are synthesised", (_kind, pattern) => {
    expect(named(pattern).length).toBeGreaterThan(0);
    expect(named(pattern).filter((name) => !exists(name))).toEqual([]);
  });

  it("name schedules of Velero that are synthesised", () => {
    const schedules = named(/velero-([\w-]+region)/g);
    expect(schedules.length).toBeGreaterThan(0);
    expect(schedules.filter((name) => !text.includes(name))).toEqual([]);
  });

  it("name databases of the state by their addresses", () => {
    const addresses = named(/(?:state rm|import) aws_db_instance\.(\w+)/g);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => !exists(address))).toEqual([]);
  });

  it("would notice a name that is not synthesised", () => expect(exists("no-such-cluster")).toBe(false));
});
