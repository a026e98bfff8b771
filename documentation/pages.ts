import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reportCommitments } from "../catalog/claims/commitments";
import { loadApplications } from "../config/application/load";
import { loadEnvironment } from "../config/load";
import { applicationRecords } from "../catalog/applications";
import { engineRules } from "../readiness/judgement/engine-rules";
import { discoverPolicies } from "../readiness/policies";
import { applicationFields } from "./application-fields";
import { runbookPages } from "./runbooks";
import { deploymentPage } from "./deployment-page";
import differences from "./application-differences.json";
import { applicationsPage } from "./applications-page";
import { policiesPage } from "./policies-page";
import { proceduresPage } from "./procedures";

export interface Page {
  /** Relative to the project. */
  readonly file: string;
  readonly content: string;
  /** `configuration`: names applications or values of the organisation, so each user's own page differs. */
  readonly from: "program" | "configuration";
}

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
      content: applicationsPage(applicationRecords, differences.applications),
    },
    { file: "docs/procedures.md", from: "configuration", content: proceduresPage(production, applications) },
    { file: "docs/policies.md", from: "program", content: policiesPage(discoverPolicies(), engineRules) },
    ...runbookPages().map((page) => ({ ...page, from: "configuration" as const })),
  ];
}
