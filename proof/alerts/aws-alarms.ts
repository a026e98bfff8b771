import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { siteOf } from "../../config/site";
import { alarmNote, type AlarmNote } from "../../contract";
import { deliveries } from "../../models/routing";
import type { Routing } from "../../models/routing/types";
import { objectOf, textOf } from "../../readiness/inventory/json";
import type { Ledger } from "../run/ledger";
import { projectRoot } from "../run/project-root";
import type { RunFolder } from "../run/run-folder";
import type { ProvedStack, Synthesised } from "../run/synthesised";
import { type Call, type LoopbackReceivers, startReceivers } from "./loopback-receivers";
import { alertingContent } from "./production-rules";

interface AwsAlarm {
  readonly name: string;
  readonly note: AlarmNote;
  readonly description: string;
}

/**
 * The packages that Lambda would run, with every alarm of the region's stacks as SNS would bring it: it fires and ends. Where
 * it has to arrive, Alertmanager's configuration of the region says.
 */
export async function playAwsAlarms(ledger: Ledger, run: RunFolder, synthesised: Synthesised): Promise<void> {
  for (const role of ["primary", "secondary"] as const) {
    const { region } = siteOf(synthesised.environment, role);
    const routing = alertingContent(synthesised, role).alertmanager;
    const stacks = synthesised.stacks.filter(({ terraform }) => regionOf(terraform) === region.name);
    // Those of the delivery itself go by e-mail: their topic does not call it.
    const alarms = stacks.flatMap(alarmsOf).filter(({ note }) => !isOfDelivery(note));
    const folder = join(run.path, "aws-alarms", region.name);
    mkdirSync(folder, { recursive: true });
    const receivers = await startReceivers(folder, (webhook) => credentialsFor(routing, webhook));
    try {
      ledger.progress.step(`${alarms.length} alarms of AWS in ${region.name}`);
      const handler = unpack(packageOf(stacks), folder, receivers);
      await call(handler, folder, receivers, alarms, region.name);
      for (const alarm of alarms) judge(ledger, routing, receivers.calls, alarm);
    } finally {
      receivers.close();
    }
  }
}

const regionOf = (terraform: ProvedStack["terraform"]): string | undefined =>
  textOf(objectOf(objectOf(terraform["//"])["plimsoll"])["region"]);
const resources = ({ terraform }: ProvedStack, type: string) =>
  Object.values(objectOf(objectOf(terraform["resource"])[type])).map(objectOf);

function alarmsOf(stack: ProvedStack): readonly AwsAlarm[] {
  return resources(stack, "aws_cloudwatch_metric_alarm").map((alarm) => {
    const [name, description] = [textOf(alarm["alarm_name"]) ?? "", textOf(alarm["alarm_description"]) ?? ""];
    const note = alarmNote(description);
    if (note === undefined) throw new Error(`${stack.name}: the description of ${name} names no receivers`);
    return { name, note, description };
  });
}

function packageOf(stacks: readonly ProvedStack[]): string {
  for (const stack of stacks)
    for (const { filename } of resources(stack, "aws_lambda_function"))
      if (typeof filename === "string" && filename.includes("/alarm-delivery/")) return join(stack.folder, filename);
  throw new Error("no stack has the function that delivers alarms");
}

const isOfDelivery = ({ labels }: AlarmNote): boolean =>
  /^(AlarmDeliveryFailed|AlarmsUndelivered)$/.test(labels["alertname"] ?? "");

/** Each credential is the name of its file, so that what arrives says which one was sent. */
function credentialsFor(routing: Routing, webhook: string): string {
  const files = JSON.stringify(routing).match(/(?<=\/etc\/alertmanager\/secrets\/[^/"]+\/)[^"]+/g) ?? [];
  const values = Object.fromEntries([...new Set(files)].map((file) => [file, file]));
  return JSON.stringify({ ...values, "slack-api-url": webhook });
}

/** Files of the package as Lambda lays them out, with the ends on the loopback device. @returns the handler's file */
function unpack(archive: string, folder: string, { httpPort, mailPort }: LoopbackReceivers): string {
  const at = `http://127.0.0.1:${httpPort}`;
  for (const [name, content] of storedFiles(readFileSync(archive))) {
    const file = join(folder, "task", name);
    mkdirSync(dirname(file), { recursive: true });
    if (!name.endsWith("delivery.json")) writeFileSync(file, content);
    else
      writeFileSync(
        file,
        content
          .toString("utf8")
          .replace(/"url":"https:[^"]+"/, `"url":"${at}/pagerduty/enqueue"`)
          .replace(/"smtp_smarthost":"[^"]+"/, `"smtp_smarthost":"localhost:${mailPort}"`)
          .replaceAll(/"api_url":"https:[^"]+"/g, `"api_url":"${at}/jira"`),
      );
  }
  // The runtime of Lambda has the SDK of AWS.
  symlinkSync(join(projectRoot(), "node_modules"), join(folder, "task", "node_modules"));
  return join(folder, "task", "alarm-delivery", "index.mjs");
}

/** Files of a zip without compression, as FunctionArchive writes it (PKWARE, APPNOTE 4.3.7). */
function* storedFiles(zip: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, nameLength, extra] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)];
    const begin = at + 30 + nameLength + extra;
    yield [zip.toString("utf8", at + 30, at + 30 + nameLength), zip.subarray(begin, begin + size)];
    at = begin + size;
  }
}

async function call(
  handler: string,
  folder: string,
  { httpPort, certificate }: LoopbackReceivers,
  alarms: readonly AwsAlarm[],
  region: string,
): Promise<void> {
  const message = ({ name, description }: AwsAlarm, from: string, to: string): string =>
    JSON.stringify({
      AlarmName: name,
      AlarmDescription: description,
      AWSAccountId: "000000000000",
      NewStateValue: to,
      OldStateValue: from,
      NewStateReason: "Threshold Crossed: 1 datapoint was greater than or equal to the threshold.",
      StateChangeTime: "2026-11-29T10:00:00.000+0000",
    });
  const TopicArn = `arn:aws:sns:${region}:000000000000:alarms`;
  const events = alarms.flatMap((alarm) =>
    [message(alarm, "OK", "ALARM"), message(alarm, "ALARM", "OK")].map((Message) => ({
      Records: [{ Sns: { MessageId: alarm.name, TopicArn, Message } }],
    })),
  );
  writeFileSync(join(folder, "events.json"), JSON.stringify(events));
  const script = join(folder, "call.mjs");
  writeFileSync(
    script,
    `import { readFileSync } from "node:fs";
import { handler } from ${JSON.stringify(handler)};
for (const event of JSON.parse(readFileSync(${JSON.stringify(join(folder, "events.json"))}, "utf8"))) await handler(event);
`,
  );
  await promisify(execFile)(process.execPath, [script], {
    cwd: folder,
    maxBuffer: 64 * 1024 ** 2,
    env: {
      PATH: process.env["PATH"],
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "proof",
      AWS_SECRET_ACCESS_KEY: "proof",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${httpPort}/`,
      SECRET: "credentials",
      NODE_EXTRA_CA_CERTS: certificate,
    },
  });
}

type Settings = Readonly<Record<string, unknown>>;
const settingsOf = (routing: Routing, receiver: string, kind: string): readonly Settings[] =>
  (routing.receivers.find(({ name }) => name === receiver)?.[kind] ?? []) as readonly Settings[];

/** Whether a call is one that a receiver makes for the alarm. */
function isOf(routing: Routing, receiver: string, { name, note }: AwsAlarm, one: Call): boolean {
  const text = JSON.stringify(one.body);
  const [page, chat, ticket, mail] = (
    ["pagerduty_configs", "slack_configs", "jira_configs", "email_configs"] as const
  ).map((kind) => settingsOf(routing, receiver, kind)[0]);
  const said = text.includes(name) && text.includes(note.runbook);
  if (one.to === "pagerduty" && page)
    return said && String(page["routing_key_file"]).endsWith(`/${String(one.body["routing_key"])}`);
  if (one.to === "slack" && chat) return said && one.body["channel"] === chat["channel"];
  if (one.to === "jira" && ticket)
    return said && objectOf(objectOf(one.body["fields"])["project"])["key"] === ticket["project"];
  if (one.to === "mail" && mail) {
    const plain = Buffer.from(String(one.body["message"]).split("\n\n")[1] ?? "", "base64").toString();
    return one.body["to"] === mail["to"] && plain.includes(name) && plain.includes(note.runbook);
  }
  return false;
}

function judge(ledger: Ledger, routing: Routing, calls: readonly Call[], alarm: AwsAlarm): void {
  const wanted = deliveries(routing, alarm.note.labels, new Date()).flatMap(({ receiver, muted }) =>
    muted ? [] : [receiver],
  );
  const reached = routing.receivers
    .map(({ name }) => name)
    .filter((name) => calls.some((one) => isOf(routing, name, alarm, one)));
  const missing = wanted.filter((name) => !reached.includes(name));
  const strange = reached.filter((name) => !wanted.includes(name));
  if (missing.length > 0 || strange.length > 0)
    ledger.failed(
      `alarm ${alarm.name} arrives at ${wanted.join(", ")} with its runbook`,
      `it arrived at ${reached.join(", ") || "no receiver"}`,
    );
  else ledger.proved("alarms of AWS delivered to their receivers with their runbook");
  const pages = calls.filter(({ to, body }) => to === "pagerduty" && body["event_action"] !== "trigger");
  const opened = calls.filter(
    (one) => one.to === "pagerduty" && wanted.some((name) => isOf(routing, name, alarm, one)),
  );
  const open = opened.filter(({ body }) => !pages.some((one) => one.body["dedup_key"] === body["dedup_key"]));
  if (open.length > 0) ledger.failed(`the page of ${alarm.name} is closed`, "no resolve with its key arrived");
  else if (opened.length > 0) ledger.proved("pages of alarms of AWS closed by their key");
}
