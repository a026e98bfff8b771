import { modelsOf } from "../../../readiness/figures/models";
import { takeInventory } from "../../../readiness/inventory/inventory";
import { discoverPolicies } from "../../../readiness/policies";
import { bar } from "../../../readiness/report/html/bars";
import { html } from "../../../readiness/report/html/markup";
import { htmlReport } from "../../../readiness/report/html/page";
import { viewOf } from "../../../readiness/report/html/view";
import { judgedFacts, synthesised } from "../../harness";
import { claims, finding, hostileFinding, report, view, waiver } from "./sample-report";

const voidElements = new Set(["meta", "link", "input", "br"]);

/** Tags that are opened and closed, in order. @throws when they do not nest */
function tagsOf(page: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const body = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");
  for (const [, closing, name = ""] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s+[\w:-]+(?:="[^"<]*")?)*\s*>/gi)) {
    if (closing === "/") {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
    } else {
      seen.push(name);
      if (!voidElements.has(name)) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(" ")}`);
  return seen;
}

describe("report.html", () => {
  const page = htmlReport(report([finding(), hostileFinding()]), view, claims);

  it("states the verdict in one sentence, and what is missing", () => {
    expect(page).toContain("production is refused: 1 policy fails (WL-01).");
    expect(page).toMatch(/<strong>delivery<\/strong>/);
  });

  it("keeps text of configuration text", () => {
    const tags = tagsOf(page);
    expect(tags).not.toContain("img");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;");
    expect(page).toContain("&quot; onmouseover=&quot;alert(3)&quot; x=&#39;");
    const unquoted = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "").replace(/="[^"]*"/g, "");
    expect(unquoted.match(/<[^>]*\son[a-z]+\b/)).toBeNull();
    expect(page).toContain("🚢👩‍👩‍👧‍👦");
    expect(page).not.toMatch(/[\u0000\u001b]/);
  });

  it("loads nothing", () => {
    expect(page).not.toMatch(/\b(src|srcset|action)="/);
    expect([...page.matchAll(/href="([^"]*)"/g)].filter(([, target = ""]) => !/^(#|data:,$)/.test(target))).toEqual([]);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("has every target that it links to, once", () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, target]) => target);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(["policy-WL-01", "claim-ZZ-02", "finding-1"]));
  });

  it("has headings in order and a caption for each table", () => {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.slice(1).forEach((level, index) => {
      expect(level - (levels[index] ?? 0)).toBeLessThanOrEqual(1);
    });
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption/g)?.length);
  });

  it("says that a model did not run", () => {
    expect(page.match(/Not computed: this report has no figures of the model\./g)).toHaveLength(6);
  });

  it("does not count a waived finding among those that refuse", () => {
    const waived = htmlReport(report([finding({ waiver })], { verdict: "deployable" }), view, claims).replace(
      /\s+/g,
      " ",
    );
    expect(waived).toContain("Waived until 2027-01-01 by team (T-1): made-up image");
    expect(waived).not.toContain("is refused");
  });

  it("shows every model of the fixture platform, with the same bytes each time, below 1.5 MB", () => {
    const platform = takeInventory(synthesised("production"), judgedFacts());
    const policies = discoverPolicies().map(({ policy }) => policy);
    const readiness = report([]).models.readiness;
    const made = () =>
      htmlReport(report([], { models: { ...modelsOf(platform), readiness } }), viewOf(platform, policies), claims);
    const first = made();
    expect(made()).toBe(first);
    expect(Buffer.byteLength(first)).toBeLessThan(1_500_000);
    expect(first).not.toContain("Not computed");
    expect(first.replace(/<script>[\s\S]*?<\/script>/, "").match(/undefined|\bNaN\b|\[object Object\]/)).toBeNull();
    expect(() => tagsOf(first)).not.toThrow();
    for (const application of ["storefront", "orders", "ledger"]) expect(first).toContain(application);
  });
});

describe("report.html with much or little to show", () => {
  const inTopology = (changes: Partial<(typeof view.topology.regions)[number]>) => ({
    ...view,
    topology: { ...view.topology, regions: view.topology.regions.map((region) => ({ ...region, ...changes })) },
  });

  it("folds what comes after the first 40 names, and gives a long table a height of its own", () => {
    const names = Array.from({ length: 1000 }, (_, index) => `application-${index}`);
    const page = htmlReport(
      report([]),
      {
        ...inTopology({ applications: names }),
        applicationOfStack: Object.fromEntries(names.map((name) => [`${name}-us-east-1`, name])),
      },
      claims,
    );
    expect(page).toContain("<summary>960 more</summary>");
    expect(page).toContain('<div class="scroll tall" role="region" aria-label="Claims that hold, of claims judged"');
    expect(htmlReport(report([]), view, claims)).not.toMatch(/class="scroll tall"| more<\/summary>/);
    expect(() => tagsOf(page)).not.toThrow();
  });

  it("shows the databases and caches of each region, and which of them copy another", () => {
    const platform = takeInventory(synthesised("production"), judgedFacts());
    const [primary, secondary] = viewOf(platform, []).topology.regions;
    expect(primary?.databases).toEqual(
      expect.arrayContaining([expect.stringMatching(/^orders\/\S+, postgres \S+, two zones$/)]),
    );
    expect(secondary?.databases).toEqual(
      expect.arrayContaining([expect.stringMatching(/^orders\/\S+, postgres \S+, replica/)]),
    );
    expect(htmlReport(report([]), inTopology({ databases: ["orders/main, postgres 16"] }), claims)).toContain(
      "<li>orders/main, postgres 16</li>",
    );
  });

  it("says how to see what changed, where no earlier report was given", () => {
    expect(htmlReport(report([]), view, claims)).toContain(
      'data-copy="npx plimsoll synth --env production --since cdktf.out/readiness/report.json"',
    );
  });

  it("shows commands in remedies as code, and half a pair of backticks as it is", () => {
    const page = htmlReport(report([finding({ remediation: "run `make <b>`; not `this" })]), view, claims);
    expect(page).toContain("run <code>make &lt;b&gt;</code>; not `this");
  });
});

describe("markup", () => {
  it("escapes texts, joins lists and leaves out what is absent", () => {
    expect(html`<p title="${`"'`}">${["<", html`<b>${"&"}</b>`]}${null}${undefined}${false}${0}</p>`.text).toBe(
      '<p title="&quot;&#39;">&lt;<b>&amp;</b>0</p>',
    );
  });

  it("rejects a character that the bundle would garble", () => {
    expect(() => html`<p>–</p>`).toThrow('"<p>–</p>" has a character outside ASCII: interpolate it');
  });

  it("keeps a bar within its width", () => {
    const drawn = bar({ description: "d", segments: [{ label: "l", value: 7, colour: "good" }], limit: 9, scale: 5 });
    expect(drawn.text).toContain('class="good" x="0%" y="3" width="100%" height="14"');
    expect(drawn.text).toContain('x1="100%"');
    expect(bar({ description: "d", segments: [{ label: "l", value: 7, colour: "good" }], scale: 0 }).text).toContain(
      'width="0%"',
    );
  });
});
