import { resolve } from "node:path";
import { nearest as nearestName } from "../../config/nearest";
import { type DeployedStack, readStacks } from "../../deployment/stack-folder";
import {
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  textMapOf,
  textOf,
  textsWithin,
} from "../../readiness/inventory/json";
import { discoverPolicies } from "../../readiness/policies";
import { claimsWith } from "../../readiness/report/claims";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { type FullReport, reportOf, type ReportOptions } from "../report";

export interface ExplainOptions extends ReportOptions {
  readonly json?: boolean;
}

/** What a name stands for, as fields for programs and lines for people. */
interface Explanation {
  readonly kind: "policy" | "claim" | "alert" | "resource";
  readonly document: object;
  readonly lines: readonly string[];
}

export async function explain(name: string, options: ExplainOptions): Promise<ExitCode> {
  const report = await reportOf(options);
  const stacks = stacksOf(options.output);
  const found = explainPolicy(name, report) ?? explainClaim(name, report) ?? explainAlert(name, stacks);
  const explanation = found ?? explainResource(name, report, stacks);
  if (!explanation) throw new CommandError(notFound(name, report, stacks));
  const output = new Output(options.json === true);
  output.json({ kind: explanation.kind, ...explanation.document });
  output.lines(explanation.lines);
  return exitCodes.done;
}

/** A refused platform has a report and no stacks. */
function stacksOf(output: string): readonly DeployedStack[] {
  try {
    return readStacks(resolve(output));
  } catch {
    return [];
  }
}

const field = (label: string, text: string): string => `  ${`${label}:`.padEnd(12)} ${text}`;

function explainPolicy(name: string, report: FullReport): Explanation | undefined {
  const found = discoverPolicies().find(({ policy }) => policy.id === name.toUpperCase());
  if (!found) return undefined;
  const { policy, file } = found;
  const outcome = report.policies.find(({ id }) => id === policy.id)?.outcome ?? "not judged here";
  const findings = report.findings.filter((finding) => finding.policy === policy.id);
  const { id, title, severity, because, remedy, proves } = policy;
  const source = `readiness/policies/${file}.ts`;
  return {
    kind: "policy",
    document: { id, title, severity, because, remedy, proves, source, outcome, findings },
    lines: [
      `${id} ${severity}: ${title}`,
      field("because", because),
      field("to fix it", remedy),
      field("proves", proves.join(", ") || (policy.beyond ?? "no claim")),
      field("source", source),
      field("outcome", `${outcome} in ${report.environment}`),
      ...findings.map(({ stack, message, waiver }) =>
        field("finding", `${stack}: ${message}${waiver ? " (waived)" : ""}`),
      ),
    ],
  };
}

function explainClaim(name: string, report: FullReport): Explanation | undefined {
  const claim = claimsWith(report.claims).find(({ id }) => id === name.toUpperCase());
  if (!claim) return undefined;
  const reported = report.claims.find(({ id }) => id === claim.id);
  const reason = claim.outside ?? claim.open?.reason ?? claim.missing?.reason;
  const proofs = reported?.proofs ?? [];
  return {
    kind: "claim",
    document: { ...claim, outcome: reported?.outcome ?? null, proofs },
    lines: [
      `${claim.id} (${claim.report}): ${claim.statement}`,
      field("outcome", `${reported?.outcome ?? "not reported"} in ${report.environment}`),
      ...(reason === undefined ? [] : [field("missing", reason)]),
      ...proofs.map(({ kind, ref }) => field(kind, ref)),
    ],
  };
}

interface Alert {
  readonly stack: string;
  readonly rule: JsonObject;
}

/** Rules stand in JSON texts, as the values of a chart, or as objects; both are looked through. */
function alertsIn(stacks: readonly DeployedStack[]): ReadonlyMap<string, Alert> {
  const found = new Map<string, Alert>();
  const visit = (stack: string, value: Json | undefined): void => {
    if (Array.isArray(value)) for (const one of value as readonly Json[]) visit(stack, one);
    if (!isObject(value)) return;
    const name = textOf(value["alert"]);
    if (name !== undefined && value["expr"] !== undefined && !found.has(name)) found.set(name, { stack, rule: value });
    for (const one of Object.values(value)) visit(stack, one);
  };
  for (const { name, terraform } of stacks)
    for (const text of textsWithin(terraform)) if (text.includes('"alert"')) visit(name, parsed(text));
  return found;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function explainAlert(name: string, stacks: readonly DeployedStack[]): Explanation | undefined {
  const alert = alertsIn(stacks).get(name);
  if (!alert) return undefined;
  const { stack, rule } = alert;
  const texts = (key: string): readonly string[] =>
    Object.entries(textMapOf(rule[key])).map(([label, text]) => field(label, text));
  return {
    kind: "alert",
    document: { name, stack, rule },
    lines: [
      `alert ${name}, in stack ${stack}`,
      field("fires when", textOf(rule["expr"]) ?? ""),
      field("for", textOf(rule["for"]) ?? "at once"),
      ...texts("labels"),
      ...texts("annotations"),
    ],
  };
}

/** `type.name`, or `stack/type.name` where several stacks have it. */
function explainResource(name: string, report: FullReport, stacks: readonly DeployedStack[]): Explanation | undefined {
  const [first = "", second] = name.split("/");
  const address = second ?? first;
  const [type = "", resource = ""] = address.split(".");
  const holders = stacks.filter(
    ({ name: stack, terraform }) =>
      (second === undefined || stack === first) &&
      objectOf(objectOf(terraform["resource"])[type])[resource] !== undefined,
  );
  if (holders.length === 0) return undefined;
  const costs = report.models.cost.lines.filter((line) =>
    holders.some((stack) => line.address === `${stack.name}/${address}`),
  );
  const findings = report.findings.filter(
    (finding) => finding.address === address && holders.some((stack) => stack.name === finding.stack),
  );
  return {
    kind: "resource",
    document: {
      address,
      stacks: holders.map((stack) => stack.name),
      configuration: objectOf(objectOf(holders[0]?.terraform["resource"])[type])[resource],
      costs,
      findings,
    },
    lines: [
      `${address}, in ${holders.map((stack) => stack.name).join(" and ")}`,
      ...costs.map((line) =>
        field("cost", `${line.usdPerMonth?.steady.toFixed(2) ?? "not known"} USD a month: ${line.arithmetic}`),
      ),
      ...findings.map(({ policy, message }) => field(policy, message)),
      JSON.stringify(objectOf(objectOf(holders[0]?.terraform["resource"])[type])[resource], undefined, 2),
    ],
  };
}

function notFound(name: string, report: FullReport, stacks: readonly DeployedStack[]): string {
  const resources = stacks.flatMap(({ terraform }) =>
    Object.entries(objectOf(terraform["resource"])).flatMap(([type, bodies]) =>
      Object.keys(objectOf(bodies)).map((one) => `${type}.${one}`),
    ),
  );
  const known = [
    ...discoverPolicies().map(({ policy }) => policy.id),
    ...claimsWith(report.claims).map(({ id }) => id),
    ...alertsIn(stacks).keys(),
    ...resources,
  ];
  const nearest = nearestName(name, [...new Set(known)]);
  return [
    `${name}: no policy, claim, alert or resource has this name.`,
    ...(nearest ? [`Did you mean ${nearest}?`] : []),
    "Policies are listed in docs/policies.md; a resource is written as type.name, for example aws_route53_zone.zone.",
  ].join("\n");
}
