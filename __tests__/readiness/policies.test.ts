import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discoverPolicies } from "../../readiness/policies";
import { describePolicies } from "./policy-contract";
import { ofApplications } from "./policy-halves";

const catalogue = discoverPolicies();

describe("the catalogue", () => {
  it("is sorted by id", () => {
    const ids = catalogue.map(({ policy }) => policy.id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

describe("finding policies", () => {
  it("reads folders of subjects, and refuses a file without a policy and two policies of one id", () => {
    const root = mkdtempSync(join(tmpdir(), "policies-"));
    mkdirSync(join(root, "availability"));
    const write = (name: string, text: string) => writeFileSync(join(root, "availability", name), text);
    write("_shared.js", "");
    write("a.js", 'exports.default = { id: "AV-02", check() {} };');
    write("b.js", 'exports.default = { id: "AV-01", check() {} };');
    expect(discoverPolicies(root).map(({ policy: { id }, file }) => `${id} ${file}`)).toEqual([
      "AV-01 availability/b",
      "AV-02 availability/a",
    ]);
    mkdirSync(join(root, "availability/zones"));
    write("zones/_shared.js", "");
    write("zones/z.js", 'exports.default = { id: "AV-03", check() {} };');
    expect(discoverPolicies(root).map(({ file }) => file)).toEqual([
      "availability/b",
      "availability/a",
      "availability/zones/z",
    ]);
    write("c.js", "");
    expect(() => discoverPolicies(root)).toThrow(
      'readiness/policies/availability/c.ts:1  found "no policy as its default export", allowed: export default policy({ … }), because',
    );
    rmSync(join(root, "availability/c.js"));
    write("d.js", 'exports.default = { id: "AV-01", check() {} };');
    expect(() => discoverPolicies(root)).toThrow(
      'readiness/policies/availability/d.ts:1  found "AV-01", allowed: an id that no other policy has (readiness/policies/availability/b.ts has this one): give the newer one the next free number',
    );
  });
});

describePolicies((domain) => !ofApplications.includes(domain));
