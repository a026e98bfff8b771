import { createHash } from "node:crypto";
import { type Program, programOf } from "../../../config/project";
import { isWarning, type Report, type ReportedFinding } from "../report";

/** Where a finding without a source line is shown: GitHub drops results without a location. */
const fallback = { file: "main.ts", line: 1 };

/** Subset of SARIF 2.1.0 that GitHub code scanning reads. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: "2.1.0";
  readonly runs: readonly [SarifRun];
}

interface SarifRun {
  readonly tool: { readonly driver: Program & { readonly name: string; readonly rules: readonly SarifRule[] } };
  readonly automationDetails: { readonly id: string };
  readonly results: readonly SarifResult[];
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: SarifText;
  readonly fullDescription: SarifText;
  readonly help: SarifText;
  readonly defaultConfiguration: { readonly level: SarifLevel };
}

interface SarifResult {
  readonly ruleId: string;
  readonly level: SarifLevel;
  readonly message: SarifText;
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number };
      };
      readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string }];
    },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly {
    readonly kind: "external";
    readonly status: "accepted";
    readonly justification: string;
  }[];
}

type SarifText = { readonly text: string };
type SarifLevel = "error" | "warning" | "note";

/**
 * `report.sarif`: findings as alerts of GitHub code scanning.
 *
 * @param notes reason and remedy of each policy by id; a policy without them is described by its title
 * @param program @default the one that runs - package.json says its version
 */
export function sarifReport(
  report: Report,
  notes: Readonly<Record<string, { readonly because: string; readonly remedy: string }>> = {},
  program: Program = programOf(),
): SarifLog {
  const policies = [...new Set(report.findings.map(({ policy }) => policy))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Plimsoll", ...program, rules: policies.map((id) => ruleOf(report, id, notes[id])) } },
        automationDetails: { id: `plimsoll/${report.environment}/` },
        results: resultsOf(report),
      },
    ],
  };
}

function ruleOf(report: Report, id: string, note: { because: string; remedy: string } | undefined): SarifRule {
  const policy = report.policies.find((candidate) => candidate.id === id);
  const title = policy?.title ?? id;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: note ? `${title}: ${note.because}` : title },
    help: { text: note?.remedy ?? title },
    defaultConfiguration: { level: levelOf(policy?.severity ?? "error") },
  };
}

const levelOf = (severity: string): SarifLevel =>
  severity === "error" ? "error" : severity === "warning" ? "warning" : "note";

function resultsOf(report: Report): SarifResult[] {
  const seen = new Map<string, number>();
  return report.findings.map((finding) => {
    const { policy, outcome, message, remediation, constructPath, address, waiver } = finding;
    const { file, line } = finding.source ?? fallback;
    const identity = JSON.stringify([policy, finding.stack, constructPath || address]);
    const occurrence = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, occurrence);
    return {
      ruleId: policy,
      level: isWarning(report, finding)
        ? "warning"
        : outcome === "unknown"
          ? "warning"
          : severityLevel(report, finding),
      message: { text: `${message}\nFix: ${remediation}` },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: Math.max(1, line) } },
          logicalLocations: [{ fullyQualifiedName: constructPath || address }],
        },
      ],
      // Neither line nor message: an alert stays the same when a file is edited above it or a figure changes.
      partialFingerprints: {
        "plimsollFinding/v1": createHash("sha256").update(`${identity}#${occurrence}`).digest("hex").slice(0, 32),
      },
      suppressions: waiver
        ? [
            {
              kind: "external",
              status: "accepted",
              justification: `${waiver.reason} (${waiver.owner}, ${waiver.ticket}, until ${waiver.expires})`,
            },
          ]
        : [],
    };
  });
}

const severityLevel = ({ policies }: Report, { policy }: ReportedFinding): SarifLevel =>
  levelOf(policies.find(({ id }) => id === policy)?.severity ?? "error");
