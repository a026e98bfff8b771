import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { modelsOf } from "../../../readiness/figures/models";
import { takeInventory } from "../../../readiness/inventory/inventory";
import { htmlReport } from "../../../readiness/report/html/page";
import { viewOf } from "../../../readiness/report/html/view";
import { judgedFacts, synthesised } from "../../harness";
import { claims, finding, hostileFinding, report, view } from "./sample-report";

const chromiumPath = "/usr/bin/chromium";
const required = process.env["REQUIRE_PROOF"] === "1";
const available = existsSync(chromiumPath);
if (!available && !required)
  process.stderr.write(`SKIPPED: ${chromiumPath} is missing, so report.html was not opened in a browser.\n`);

/** Violations of axe in the page, as `rule: first element`. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
  });
}

(available || required ? describe : describe.skip)("report.html in a browser", () => {
  const files = { plain: "", hostile: "" };
  let browser: Browser;
  beforeAll(async () => {
    const platform = takeInventory(synthesised("production"), judgedFacts());
    const models = { ...modelsOf(platform), readiness: report([]).models.readiness };
    const written = (name: string, text: string): string => {
      const file = join(mkdtempSync(join(tmpdir(), "page-")), `${name}.html`);
      writeFileSync(file, text);
      return pathToFileURL(file).href;
    };
    files.plain = written("plain", htmlReport(report([finding()], { models }), viewOf(platform, []), claims));
    files.hostile = written("hostile", htmlReport(report([finding(), hostileFinding()]), view, claims));
    browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
  }, 120_000);
  afterAll(() => browser?.close());

  /** A page of its own, which fails the test when it writes an error. */
  async function opened(url: string, width: number, colorScheme: "light" | "dark", bypassCSP = false) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("dialog", (dialog) => errors.push(`dialog ${dialog.message()}`));
    await page.goto(url);
    return { page, errors };
  }

  it.each([
    ["plain", 1440, "light"],
    ["plain", 390, "dark"],
    ["hostile", 390, "light"],
  ] as const)(
    "has no axe violation: %s at %d pixels, %s",
    async (name, width, scheme) => {
      const { page } = await opened(files[name], width, scheme, true);
      expect(await violations(page)).toEqual([]);
    },
    120_000,
  );

  it.each([
    ["plain", 390],
    ["plain", 768],
    ["hostile", 390],
    ["hostile", 1440],
  ] as const)(
    "does not scroll sideways and writes no error: %s at %d pixels",
    async (name, width) => {
      const { page, errors } = await opened(files[name], width, "light");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(errors).toEqual([]);
    },
    120_000,
  );

  it("filters rows, and shows the target of a deep link again", async () => {
    const { page, errors } = await opened(`${files.hostile}#policy-WL-01`, 1440, "light");
    const row = page.locator("#policy-WL-01");
    expect(await row.isVisible()).toBe(true);
    await page.fill("#search", "restarts");
    expect(await row.isHidden()).toBe(true);
    expect(await page.locator("#claim-ZZ-01").isVisible()).toBe(true);
    expect(await page.textContent("#shown")).toMatch(/^1 of \d+ rows$/);
    await page.evaluate('location.hash = "#claim-ZZ-01"; location.hash = "#policy-WL-01"');
    await row.waitFor({ state: "visible", timeout: 5000 });
    await page.selectOption("#outcome", "pass");
    expect(await row.isHidden()).toBe(true);
    expect(errors).toEqual([]);
  }, 120_000);
});
