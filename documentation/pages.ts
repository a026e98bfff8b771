import { readFileSync } from "node:fs";
import { join } from "node:path";
import { claims } from "../catalog/claims/claims";
import { reportCommitments } from "../catalog/claims/commitments";
import { figuredReports, reportFigures } from "../catalog/claims/report-figures";
import { loadApplications } from "../config/application/load";
import { loadEnvironment } from "../config/load";
import { applicationRecords } from "../catalog/applications";
import { engineRules } from "../readiness/judgement/engine-rules";
import { priceBook } from "../catalog/prices/price-book";
import type { Environment } from "../config/environment";
import { takeInventory } from "../readiness/inventory/inventory";
import type { Platform } from "../readiness/inventory/platform";
import { synthesisedStacks } from "../readiness/synthesis/synthesised-stacks";
import { buildPlatform } from "../stacks/platform";
import { discoverPolicies } from "../readiness/policies";
import { applicationFields } from "./application-fields";
import { runbookPages } from "./runbooks";
import { gameDayPage } from "./game-day-page";
import { deploymentPage } from "./deployment-page";
import differences from "./application-differences.json";
import { applicationsPage } from "./applications-page";
import { claimsPage } from "./claims-page";
import { indexPage } from "./index-page";
import { pricesPage } from "./prices-page";
import { topologyPage } from "./topology-page";
import { policiesPage, policyPages } from "./policies-page";
import { proceduresPage } from "./procedures-page";
import type { Page } from "./page";

const [begin, end] = ["<!-- written by make docs: settings -->", "<!-- end -->"];

/** Every page that is written from the program, whole or in part. @throws when the place for the settings is gone from its page */
export function pages(root: string): Page[] {
  const guide = "docs/adding-an-application.md";
  const text = readFileSync(join(root, guide), "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`${guide} has no place for the settings: put "${begin}" and "${end}" where the tables belong.`);
  const production = loadEnvironment({ PLIMSOLL_ENV: "production" });
  const { applications: loaded } = loadApplications(
    { folder: join(__dirname, "..", "apps"), commitments: reportCommitments },
    production,
  );
  const policies = discoverPolicies();
  const applications = loaded.map(({ application }) => application);
  return [
    {
      file: guide,
      from: "program",
      content: `${text.slice(0, from + begin.length)}\n\n${applicationFields(root)}\n\n${text.slice(to)}`,
    },
    {
      file: "docs/deployment.md",
      from: "configuration",
      content: deploymentPage(readFileSync(join(root, "docs/deployment.md"), "utf8")),
    },
    {
      file: "docs/applications.md",
      from: "program",
      content: applicationsPage(applicationRecords, differences.applications, {
        reports: figuredReports,
        figures: reportFigures,
        claims,
      }),
    },
    { file: "docs/procedures.md", from: "configuration", content: proceduresPage(production, applications) },
    { file: "docs/game-day.md", from: "program", content: gameDayPage() },
    { file: "docs/README.md", from: "program", content: indexPage() },
    { file: "docs/policies.md", from: "program", content: policiesPage(policies, engineRules) },
    ...policyPages(policies, engineRules).map((page) => ({ ...page, from: "program" as const })),
    { file: "docs/claims.md", from: "program", content: claimsPage(claims, policies) },
    { file: "docs/prices.md", from: "program", content: pricesPage(priceBook().data) },
    { file: "docs/topology.md", from: "configuration", content: topologyPage(platformOf(production)) },
    ...runbookPages().map((page) => ({ ...page, from: "configuration" as const })),
  ];
}

/** The date changes nothing of the topology: support and waivers are not judged here. */
const platformOf = (environment: Environment): Platform =>
  takeInventory(
    synthesisedStacks((app) => buildPlatform(app, environment)),
    { environment, now: "2026-01-01T00:00:00.000Z" },
  );
