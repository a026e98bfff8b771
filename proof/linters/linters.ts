import { spawn } from "node:child_process";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { LinterFinding } from "./linter-waivers";

export interface LinterReport {
  readonly findings: readonly LinterFinding[];
  /** Checks that passed: a linter that could read nothing finds nothing either. */
  readonly passed: number;
  /** What it could not read. */
  readonly unread: number;
}

/** Runs a linter; its exit code only says whether it found something. @throws Error with its words when it wrote no JSON */
function run(command: string, arguments_: readonly string[]): Promise<Json> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, arguments_, {
      env: { ...process.env, LOG_LEVEL: "ERROR", ANSI_COLORS_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    let words = "";
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)));
    child.on("error", reject);
    child.on("close", (code) => {
      try {
        resolve(JSON.parse(Buffer.concat(out).toString("utf8")) as Json);
      } catch {
        reject(
          new Error(
            `${command} ${arguments_.slice(0, 3).join(" ")} … ended with ${code} and without a report:\n${words.trim()}`,
          ),
        );
      }
    });
  });
}

/**
 * checkov on a folder. Its open version knows no severities: every failed check counts.
 * @param framework `terraform_json` for folders of stacks, `kubernetes` for files of one object each
 */
export async function checkov(
  command: string,
  folder: string,
  framework: "terraform_json" | "kubernetes",
): Promise<LinterReport> {
  const report = objectOf(
    await run(command, [
      "--directory",
      folder,
      "--framework",
      framework,
      "--output",
      "json",
      "--compact",
      "--quiet",
      "--skip-download",
    ]),
  );
  const summary = objectOf(report["summary"] ?? report);
  return {
    findings: objectsOf(objectOf(report["results"])["failed_checks"]).map((failed) => {
      const resource = textOf(failed["resource"]) ?? "";
      // In Terraform's JSON it calls some resources `resource.<id>` and others `<type>.<id>`.
      const where =
        framework === "kubernetes"
          ? resource.replaceAll(".", "/")
          : `${(textOf(failed["file_path"]) ?? "").split("/").at(-2) ?? ""}/${resource.split(".").at(-1) ?? ""}`;
      return {
        linter: "checkov",
        check: textOf(failed["check_id"]) ?? "",
        where,
        title: textOf(failed["check_name"]) ?? "",
      };
    }),
    passed: Number(summary["passed"] ?? 0),
    unread: Number(summary["parsing_errors"] ?? 0),
  };
}

/** Grades of kube-score: 1 critical, 5 warning, 7 almost fine, 10 fine. */
const CRITICAL = 1;

/**
 * kube-score on one file of objects, which it holds against one another. What it calls critical counts.
 * @param kubernetesVersion for example `1.36`
 */
export async function kubeScore(command: string, file: string, kubernetesVersion: string): Promise<LinterReport> {
  const report = await run(command, [
    "score",
    "--kubernetes-version",
    `v${kubernetesVersion}`,
    "--output-format",
    "json",
    file,
  ]);
  const checks = objectsOf(report).flatMap((object) =>
    objectsOf(object["checks"])
      .filter(({ skipped }) => skipped !== true)
      .map((check) => ({ object, check })),
  );
  return {
    findings: checks
      .filter(({ check }) => check["grade"] === CRITICAL)
      .flatMap(({ object, check }) => {
        const metadata = objectOf(object["object_meta"]);
        const where = [objectOf(object["type_meta"])["kind"], metadata["namespace"], metadata["name"]]
          .map((part) => textOf(part) ?? "")
          .join("/");
        return {
          linter: "kube-score",
          check: textOf(objectOf(check["check"])["id"]) ?? "",
          where,
          title: objectsOf(check["comments"])
            .map((comment) => textOf(comment["summary"]))
            .join("; "),
        };
      }),
    passed: checks.filter(({ check }) => check["grade"] !== CRITICAL).length,
    unread: isObject(report) ? 1 : 0,
  };
}
