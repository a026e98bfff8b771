import { resolve } from "node:path";
import { App } from "cdktf";
import { claims as claimsOfReports, type Claim } from "../../catalog/claims/claims";
import { CatalogueError } from "../../catalog/charts/catalogue-error";
import { masked } from "../../catalog/credential-forms";
import { ConfigurationError } from "../../config/configuration-error";
import type { Environment } from "../../config/environment";
import { projectRoot } from "../../config/project";
import { locate } from "../../config/source/location";
import type { Models } from "../figures/models";
import { takeInventory } from "../inventory/inventory";
import type { Platform, PlatformFacts } from "../inventory/platform";
import { judge } from "../judgement/judge";
import { discoverPolicies } from "../policies";
import type { Policy } from "../policy/policy";
import { OutputError, Publication } from "./publication";
import { changesBetween } from "../report/changes";
import { evidenceOf, reportedClaims } from "../report/claims";
import { consoleReport, takesColour } from "../report/console";
import { type ReportView, viewOf } from "../report/html/view";
import { provenanceOf } from "../report/provenance";
import { reportFiles } from "../report/report-files";
import { reportOf, type Report } from "../report/report";
import { escapeHatches, recordingOverrides } from "./escape-hatches";
import { FindingSources } from "./finding-source";
import { type CreatedAt, recordingCreation } from "./created-at";
import { escapeHatchResults, openClaimResults } from "./further-results";
import { leanSynthesis } from "../../fast-paths/lean-synthesis";
import { withoutTokenTraces } from "../../fast-paths/token-traces";
import { readWaivers } from "../judgement/waivers";

/** `now`: ISO date and time that support dates and waivers are judged by. */
export interface Configured extends PlatformFacts {
  /** Whether PLIMSOLL_ENV names the environment. @default true - a caller that passes an environment chose it */
  readonly chosen?: boolean;
}

export interface SynthesisOptions {
  readonly outdir: string;
  /** @throws ConfigurationError */
  readonly configure: () => Configured;
  /** Earlier report to compare with. @default none @throws ConfigurationError */
  readonly baseline?: (environment: string) => Report | undefined;
  readonly build: (app: App, environment: Environment) => void;
  /** @default the project's - those of readiness/policies */
  readonly policies?: () => readonly Policy[];
  /** Claims that the policies have to cover. @default those of the readiness reports, for the project's own policies; none for others */
  readonly claims?: readonly Claim[];
  /** @default none - the report then has no figures of models */
  readonly models?: (platform: Platform) => Models;
  /** @default the project - its waivers.yaml is read */
  readonly root?: string;
  /** @default standard output and error of the process */
  readonly streams?: { readonly out: Stream; readonly error: Stream };
}

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export const exitCodes = { deployable: 0, failed: 1, refused: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Builds, judges and publishes a platform. What is not ready, or ends early, leaves nothing that could be deployed. */
export async function synthesise(options: SynthesisOptions): Promise<ExitCode> {
  const { out, error } = options.streams ?? { out: process.stdout, error: process.stderr };
  const publication = new Publication(resolve(options.outdir));
  const interruption = new Interruption();
  const ended = endedEarly(publication, error);
  process.once("exit", ended);
  try {
    const configured = configuredFor(options, publication);
    // Read first: the file may lie in the output folder, which this run writes anew.
    const baseline = options.baseline?.(configured.environment.name);
    publication.begin(configured.environment.name);
    out.write(`${banner(configured)}\n`);
    const { report, text, view: own } = judged(options, configured, publication, out);
    const view = baseline ? { ...own, changes: changesBetween(baseline, report) } : own;
    await interruption.turn();
    if (interruption.signal) return abandoned(publication, interruption.signal, error);
    for (const [name, content] of Object.entries(reportFiles(report, view)))
      publication.writeReport(name, masked(content));
    if (report.verdict !== "refused") publication.publish();
    else publication.refuse();
    out.write(`${masked(text)}\n`);
    return report.verdict === "refused" ? exitCodes.refused : exitCodes.deployable;
  } catch (problem) {
    if (!(problem instanceof EnvironmentMismatch)) tryAbandon(publication);
    error.write(`${masked(explained(problem))}\n`);
    return exitCodes.failed;
  } finally {
    process.off("exit", ended);
    interruption.end();
  }
}

/** Code of a configuration file may call process.exit: exit code 0 without a result would read like a success. */
function endedEarly(publication: Publication, error: Stream): () => void {
  return () => {
    tryWithdraw(publication);
    error.write(
      "A file of apps/ or config/ ended the program (process.exit): nothing was synthesised, and the earlier output was removed. Remove that call: these files hold data.\n",
    );
    process.exitCode = exitCodes.failed;
  };
}

/** A configuration error leaves nothing of an earlier synthesis; a mismatch of environments changes nothing. */
function configuredFor(options: SynthesisOptions, publication: Publication): Configured {
  let configured: Configured;
  try {
    configured = options.configure();
  } catch (error) {
    publication.begin();
    throw error;
  }
  const { environment, chosen = true } = configured;
  const earlier = publication.environment();
  if (!chosen && earlier !== undefined && earlier !== environment.name)
    throw new EnvironmentMismatch(
      `PLIMSOLL_ENV: found nothing, allowed: PLIMSOLL_ENV=${earlier} or PLIMSOLL_ENV=${environment.name}, because the output folder holds ${earlier}, and without PLIMSOLL_ENV this run would replace it with ${environment.name}. Nothing was changed.`,
    );
  return configured;
}

/** The output folder holds another environment, and nothing says which one is meant. */
class EnvironmentMismatch extends Error {}

function banner({ environment, chosen = true }: Configured): string {
  const { primary, secondary } = environment.regions;
  const why = chosen ? "" : "; PLIMSOLL_ENV is not set";
  return `environment: ${environment.name} (account ${environment.accountId}, ${primary.name} and ${secondary.name}${why})`;
}

function judged(
  options: SynthesisOptions,
  configured: Configured,
  publication: Publication,
  out: Stream,
): { report: Report; text: string; view: ReportView } {
  const app = new App({ outdir: publication.staging, hclOutput: false });
  const { created, found } = withoutTokenTraces(() => {
    let created: CreatedAt = new Map();
    const calls = recordingOverrides(() => {
      created = recordingCreation(() => options.build(app, configured.environment));
    });
    const found = escapeHatches(app, calls, created);
    leanSynthesis(app);
    return { created, found };
  });
  const platform = takeInventory(publication.stacks(), configured);
  const policies = options.policies?.() ?? discoverPolicies().map(({ policy }) => policy);
  if (policies.length === 0)
    throw new Error("There is no policy in readiness/policies: a platform without a judgement is not ready.");
  const claims = options.claims ?? (options.policies ? [] : claimsOfReports);
  const evidence = evidenceOf(platform);
  const models = options.models?.(platform) ?? {};
  const located = found.map((hatch) => ({
    ...hatch,
    source: hatch.declaration && locate(hatch.declaration, "", options.root),
  }));
  const judgement = judge(platform, policies, readWaivers(options.root ?? projectRoot), claims, (outcomes) => [
    openClaimResults(
      reportedClaims({ policies: outcomes, models, evidence, claims }),
      [...claims, ...(evidence.registered ?? [])],
      options.root,
    ),
    escapeHatchResults(located),
  ]);
  const sources = new FindingSources(app, created, judgement.findings, options.root);
  const report = {
    ...reportOf(judgement, (finding) => sources.of(finding), models, evidence),
    provenance: provenanceOf(options.root ?? projectRoot, configured.now),
  };
  const applications = new Map(platform.stacks.map((stack) => [stack.name, stack.application]));
  const text = consoleReport(report, {
    colour: takesColour(out, process.env),
    groupOf: (stack) => applications.get(stack) ?? "platform",
  });
  return { report, text, view: viewOf(platform, policies) };
}

function abandoned(publication: Publication, signal: string, error: Stream): ExitCode {
  publication.abandon();
  error.write(
    `Interrupted by ${signal}: nothing was published, and the earlier output was removed. Run synth again.\n`,
  );
  return exitCodes.interrupted;
}

function tryWithdraw(publication: Publication): void {
  try {
    publication.begin();
    publication.abandon();
  } catch {
    return;
  }
}

/** The output folder may be the very problem: the first message is the one that helps. */
function tryAbandon(publication: Publication): void {
  try {
    publication.abandon();
  } catch {
    return;
  }
}

function explained(problem: unknown): string {
  if (problem instanceof ConfigurationError) return problem.message;
  if ([OutputError, EnvironmentMismatch, CatalogueError].some((known) => problem instanceof known))
    return (problem as Error).message;
  return problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
}

/** Signals that arrive while synthesis holds the thread wait in the event loop: it must turn before the result is published. */
class Interruption {
  signal: string | undefined;
  private readonly note = (signal: string): void => {
    this.signal = signal;
  };

  constructor() {
    process.on("SIGINT", this.note).on("SIGTERM", this.note);
  }

  /** Two turns: the first lets the loop poll, the second runs after what it found. */
  async turn(): Promise<void> {
    for (let count = 0; count < 2; count += 1) await new Promise((resume) => setImmediate(resume));
  }

  end(): void {
    process.off("SIGINT", this.note).off("SIGTERM", this.note);
  }
}
