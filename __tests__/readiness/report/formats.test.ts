import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { DOMParser, type Element } from "@xmldom/xmldom";
import Ajv from "ajv";
import { programOf, projectRoot } from "../../../config/project";
import { csvReport } from "../../../readiness/report/formats/csv";
import { junitReport } from "../../../readiness/report/formats/junit";
import { commentLimit, pullRequestComment } from "../../../readiness/report/formats/pull-request-comment";
import { sarifReport } from "../../../readiness/report/formats/sarif";
import { finding, hostileFinding, report, waiver } from "./sample-report";
import sarifSchema from "./sarif-subset.schema.json";

const judgedOn = "2026-11-20";

/** The root of the document. Fails on what an XML parser complains of. */
function parsed(xml: string): Element {
  const problems: string[] = [];
  const { documentElement } = new DOMParser({
    onError: (level, message) => problems.push(`${level}: ${message}`),
  }).parseFromString(xml, "text/xml");
  expect(problems).toEqual([]);
  if (documentElement === null) throw new Error("no element");
  return documentElement;
}

const token = /^\S+( \S+)*$/;
const whole = /^\d+$/;

/**
 * Elements of a JUnit report: their attributes, all of which Ant's schema requires, and the elements inside in order.
 * From JUnit.xsd of https://github.com/windyroad/JUnit-Schema, less what junit-10.xsd of
 * https://github.com/jenkinsci/xunit-plugin rejects; both read 2026-11.
 */
const rules: Readonly<Record<string, { attributes: Readonly<Record<string, RegExp>>; inside: RegExp }>> = {
  testsuites: { attributes: {}, inside: /^(testsuite )*$/ },
  testsuite: {
    attributes: {
      id: whole,
      package: token,
      name: token,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
      hostname: token,
      tests: whole,
      failures: whole,
      errors: whole,
      skipped: whole,
      time: /^\d{1,3}(\.\d{1,3})?$/,
    },
    inside: /^properties (testcase )*system-out system-err $/,
  },
  properties: { attributes: {}, inside: /^$/ },
  testcase: {
    attributes: { classname: token, name: token, time: /^\d+(\.\d+)?$/ },
    inside: /^((skipped|error|failure) )?$/,
  },
  skipped: { attributes: { message: /[^]*/ }, inside: /^$/ },
  error: { attributes: { message: /[^]*/, type: /[^]*/ }, inside: /^$/ },
  failure: { attributes: { message: /[^]*/, type: /[^]*/ }, inside: /^$/ },
  "system-out": { attributes: {}, inside: /^$/ },
  "system-err": { attributes: {}, inside: /^$/ },
};

function brokenRules(element: Element): string[] {
  const { tagName } = element;
  const rule = rules[tagName];
  if (rule === undefined) return [`${tagName} is not allowed`];
  const inside = Array.from(element.childNodes).filter((node) => node.nodeType === node.ELEMENT_NODE);
  const order = inside.map(({ nodeName }) => `${nodeName} `).join("");
  return [
    ...Array.from(element.attributes)
      .filter(({ name }) => !Object.hasOwn(rule.attributes, name))
      .map(({ name }) => `${tagName}: ${name} is not allowed`),
    ...Object.entries(rule.attributes).flatMap(([name, form]) => {
      const value = element.getAttribute(name);
      if (value === null) return [`${tagName}: ${name} is missing`];
      return form.test(value) ? [] : [`${tagName}: ${name} is ${value}`];
    }),
    ...(rule.inside.test(order) ? [] : [`${tagName}: ${order}is not what is expected inside`]),
  ];
}

describe("SARIF", () => {
  const sample = report([finding(), finding({ source: null, outcome: "unknown" }), hostileFinding()]);

  it("has what GitHub needs to show a result", () => {
    const validate = new Ajv({ strict: true, strictRequired: false }).compile(sarifSchema);
    validate(JSON.parse(JSON.stringify(sarifReport(sample))));
    expect(validate.errors).toBeNull();
  });

  it("is valid by OASIS's schema of SARIF 2.1.0", () => {
    // Loaded at run time: its types name an older jest.
    const matchers = createRequire(__filename)("@microsoft/jest-sarif") as {
      toBeValidSarifLog(log: unknown): { pass: boolean; message(): string };
    };
    const judged = (log: unknown): string => {
      const { pass, message } = matchers.toBeValidSarifLog(JSON.parse(JSON.stringify(log)));
      return pass ? "valid" : message();
    };
    expect(judged(sarifReport(sample))).toBe("valid");
    expect(judged({ ...sarifReport(sample), version: "2.0.0" })).not.toBe("valid");
  });

  it("names the version of the program, and where to read about it only if package.json says so", () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string };
    const { driver } = sarifReport(sample).runs[0].tool;
    expect(driver).toMatchObject({ name: "Plimsoll", version });
    expect(sarifReport(sample, {}, programOf({ version: "2.0.0" })).runs[0].tool.driver).not.toHaveProperty(
      "informationUri",
    );
    expect(programOf({ version: "2.0.0", repository: { url: "git+https://example.org/a/b.git" } })).toEqual({
      version: "2.0.0",
      informationUri: "https://example.org/a/b",
    });
    expect(programOf({ version: "2.0.0", homepage: "https://example.org", repository: "github:a/b" })).toMatchObject({
      informationUri: "https://example.org",
    });
  });

  it("points at the line of the repository", () => {
    const [first, second] = sarifReport(sample).runs[0].results;
    expect(first?.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "apps/shop.ts" },
      region: { startLine: 7 },
    });
    expect(second?.locations[0].physicalLocation.artifactLocation.uri).toBe("main.ts");
  });

  it("keeps its fingerprints when lines and messages change, and tells equal places apart", () => {
    const prints = (findings: Parameters<typeof report>[0]) =>
      sarifReport(report(findings)).runs[0].results.map(({ partialFingerprints }) =>
        JSON.stringify(partialFingerprints),
      );
    const [before] = prints([finding()]);
    expect(prints([finding({ source: { file: "apps/shop.ts", line: 99 }, message: "other" })])).toEqual([before]);
    expect(prints([finding({ policy: "SC-01" })])).not.toEqual([before]);
    expect(new Set(prints([finding(), finding()])).size).toBe(2);
  });

  it("suppresses what is waived, with the reason", () => {
    const [result] = sarifReport(report([finding({ waiver })])).runs[0].results;
    expect(result?.suppressions).toEqual([
      { kind: "external", status: "accepted", justification: "made-up image (team, T-1, until 2027-01-01)" },
    ]);
    expect(sarifReport(report([finding()])).runs[0].results[0]?.suppressions).toEqual([]);
  });

  it("takes the level from the severity, and a warning for an unknown", () => {
    const levels = sarifReport(
      report([finding(), finding({ policy: "SC-01" }), finding({ outcome: "unknown" })]),
    ).runs[0].results.map(({ level }) => level);
    expect(levels).toEqual(["error", "warning", "warning"]);
  });
});

describe("JUnit", () => {
  it("is well-formed, whatever configuration holds", () => {
    const xml = junitReport(report([finding(), { ...hostileFinding(), waiver: null }]), judgedOn);
    expect(parsed(xml).getElementsByTagName("failure")).toHaveLength(1);
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  });

  it("has a case for each policy: failed, skipped or passed", () => {
    const xml = junitReport(report([finding(), finding({ policy: "SC-01", waiver })]), judgedOn);
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"');
    expect(xml).toContain(
      '<failure message="the deployment has 1 replica, expected 3 replicas" type="fail">apps/shop.ts:7 ',
    );
    expect(xml).toContain('<skipped message="every finding is waived"></skipped>');
  });

  it("skips a policy that only warns, and says what it warns of", () => {
    const xml = junitReport(report([finding({ policy: "SC-01" })]), judgedOn);
    expect(xml).toContain('failures="0" errors="0" skipped="1"');
    expect(xml).toContain('<skipped message="warning: the deployment has 1 replica, expected 3 replicas">apps/');
  });

  it("says the time of the judgement as the report says it", () => {
    const provenance = { commit: null, judgedAt: "2026-11-29T13:03:07.526Z", inputs: [], catalogue: [] };
    expect(junitReport(report([], { provenance }), judgedOn)).toContain('timestamp="2026-11-29T13:03:07"');
    expect(junitReport(report([]), judgedOn)).toContain('timestamp="2026-11-20T00:00:00"');
  });

  it("is read by an XML parser, with as many cases as it counts", () => {
    const hostile = { ...hostileFinding(), waiver: null };
    const xml = junitReport(
      report([hostile, finding({ policy: "SC-01", waiver }), finding({ policy: "WL-02", outcome: "unknown" })]),
      judgedOn,
    );
    const suite = parsed(xml).getElementsByTagName("testsuite").item(0);
    const elements = (name: string): number => suite?.getElementsByTagName(name).length ?? -1;
    expect([suite?.getAttribute("tests"), elements("testcase")]).toEqual(["3", 3]);
    expect([suite?.getAttribute("failures"), elements("failure")]).toEqual(["1", 1]);
    expect([suite?.getAttribute("errors"), elements("error")]).toEqual(["1", 1]);
    expect([suite?.getAttribute("skipped"), elements("skipped")]).toEqual(["1", 1]);
    const [failure] = Array.from(suite?.getElementsByTagName("failure") ?? []);
    expect(failure?.getAttribute("message")).toContain("</script><img src=x onerror=alert(1)>");
  });

  it("has what the schemas of Ant and Jenkins ask for, and nothing that one of them rejects", () => {
    const all = [finding(), finding({ policy: "SC-01", waiver }), finding({ policy: "WL-02", outcome: "unknown" })];
    const suites = parsed(junitReport(report(all), judgedOn));
    const broken = Array.from(suites.getElementsByTagName("*")).concat(suites).flatMap(brokenRules);
    expect(broken).toEqual([]);
    const old =
      '<testsuites name="a"><testsuite tests="x"><testcase><failure message="m"/></testcase></testsuite></testsuites>';
    const found = parsed(old);
    expect(Array.from(found.getElementsByTagName("*")).concat(found).flatMap(brokenRules)).toEqual(
      expect.arrayContaining([
        "testsuites: name is not allowed",
        "testsuite: tests is x",
        "testsuite: timestamp is missing",
        "testsuite: testcase is not what is expected inside",
        "failure: type is missing",
      ]),
    );
  });

  it("calls an unknown an error", () => {
    expect(junitReport(report([finding({ outcome: "unknown" })]), judgedOn)).toContain('failures="0" errors="1"');
  });
});

describe("CSV", () => {
  it("quotes commas, quotes and line breaks", () => {
    const [, row] = csvReport(report([finding({ message: 'a, "b"\nc' })])).split("\r\n");
    expect(row).toContain('"a, ""b""\nc"');
    expect(row?.startsWith("WL-01,error,fail,,shop-us-east-1,")).toBe(true);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])("makes the formula %j a text", (message) => {
    expect(csvReport(report([finding({ message })]))).toContain(`,'${message},`);
  });
});

describe("the comment of a pull request", () => {
  it("has the verdict, the comparison, the failures and a link", () => {
    const text = pullRequestComment(report([finding()]), { fullReport: "https://example.org/r", comparison: "1 new" });
    expect(text).toContain("## Readiness: production is refused: 1 policy fails (WL-01).");
    expect(text).toContain("[Full report](<https://example.org/r>)");
    expect(text).toContain("### Changes\n\n1 new\n");
    expect(text).toContain(
      "| WL-01 | apps/shop.ts:7 | the deployment has 1 replica, expected 3 replicas | set replicas to 3 |",
    );
  });

  it("leaves out warnings and waived findings", () => {
    expect(pullRequestComment(report([finding({ policy: "SC-01" }), finding({ waiver })]))).not.toContain(
      "### Failures",
    );
  });

  it("stays below the limit of GitHub with 5,000 failures, and ends with whole rows", () => {
    const text = pullRequestComment(
      report(Array.from({ length: 5000 }, () => ({ ...hostileFinding(), waiver: null }))),
    );
    expect(text.length).toBeLessThan(commentLimit);
    expect(text).toContain("The comment is cut at GitHub's limit");
  });

  it("shows markup and mentions of configuration as text", () => {
    const text = pullRequestComment(report([finding({ message: "<img onerror=x> @team a|b [x](y)" })]));
    expect(text).toContain("&lt;img onerror=x&gt; @\u200bteam a\\|b \\[x\\](y)");
  });
});
