import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { functionsWithVariables, variableInVpc, variablesOf } from "../../catalog/functions/variables";

const sources = join(__dirname, "../../constructs/aws/functions");
/** What Lambda itself sets. Source: AWS Lambda developer guide, "Defined runtime environment variables". */
const given = /^AWS_/;

/** Variables that the source of a function reads, also by destructuring. */
function readBy(name: string): readonly string[] {
  const text = readFileSync(join(sources, name, "index.mjs"), "utf8");
  const single = [...text.matchAll(/process\.env\.([A-Z0-9_]+)/g)].map(([, one = ""]) => one);
  const several = [...text.matchAll(/\{([^{}]+)\} = process\.env/g)].flatMap(([, list = ""]) =>
    list.split(",").map((one) => one.trim()),
  );
  return [...new Set([...single, ...several])].filter((one) => one !== "" && !given.test(one)).sort();
}

const functions = readdirSync(sources, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(sources, entry.name)).includes("index.mjs"))
  .map(({ name }) => name);

describe("variables of functions", () => {
  it.each(functions.filter((name) => readBy(name).some((one) => one !== "")))("names what %s reads", (name) => {
    const declared = (functionsWithVariables.get(name) ?? []).map((one) => one.name);
    // The digest is for OB-22 to compare: the function has the receivers in its package.
    expect(declared.filter((one) => one !== "RECEIVERS_SHA256").sort()).toEqual(readBy(name));
  });

  it("names no function that is not there", () => {
    expect([...functionsWithVariables.keys()].filter((name) => !functions.includes(name))).toEqual([]);
  });

  it("finds a function by the end of its name, and none by a part of it", () => {
    expect(variablesOf("acme-production-us-east-1-cache-copy")?.map(({ name }) => name)).toContain("CACHES");
    expect(variablesOf("acme-production-cache-copy-2")).toBeUndefined();
    expect(variablesOf(undefined)).toBeUndefined();
  });

  it("names the certificates that a function in a VPC trusts", () => {
    expect(variableInVpc).toMatchObject({
      name: "NODE_EXTRA_CA_CERTS",
      value: expect.stringContaining("ca-cert") as string,
    });
  });
});
