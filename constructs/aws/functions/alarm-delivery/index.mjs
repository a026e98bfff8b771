// Delivers alarms of CloudWatch to the receivers that Alertmanager's routing tree chooses for them: PagerDuty, Slack, e-mail
// and tickets, with the credentials that Alertmanager reads. SNS calls it for each message of the topics of alarms.
//
// delivery.json beside it is written at synthesis: receivers as in Alertmanager's configuration, and those for messages
// whose description names none. No credential is logged; what is logged are the alarm, its receivers and refusals.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "../shared/smtp.mjs";

/** The form of contract/index.ts: what is said, then three lines. */
const note = /^([^]+)\nRunbook: (\S+)\nLabels: (.*)\nReceivers: (.*)$/;
const words = (text) => text.split(" ").filter((word) => word !== "");
const short = (text, characters) => (text.length > characters ? `${text.slice(0, characters - 1)}…` : text);

function alarmIn(message) {
  try {
    const alarm = JSON.parse(message);
    return typeof alarm?.AlarmName === "string" && typeof alarm.NewStateValue === "string" ? alarm : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A message of SNS as a notification. A description of another form, such as that of an alarm that a person made, goes to
 * the fallback's receivers of critical alerts: how urgent it is is not known. A text that is no alarm is a notice.
 */
export function notificationOf({ Message: message, Subject: subject, TopicArn: topic = "", MessageId: id = "" }, { unknown, notice }) {
  const [, , , region = "", account = "", topicName = ""] = topic.split(":");
  const alarm = alarmIn(message);
  if (alarm === undefined)
    return { ...notice, title: subject ?? `Message of ${topicName}`, text: message, firing: true, announced: true, source: `${region}/${topicName}`, key: keyOf(topic, id) };
  const [, says, runbook, pairs, receivers] = note.exec(alarm.AlarmDescription ?? "") ?? [];
  const known = receivers !== undefined && words(receivers).length > 0;
  const labels = known
    ? Object.fromEntries(words(pairs).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]))
    : unknown.labels;
  const subjectOf = known ? `${labels.alertname}${labels.application === undefined ? "" : ` of ${labels.application}`}` : alarm.AlarmName;
  const firing = alarm.NewStateValue !== "OK";
  return {
    labels,
    receivers: known ? words(receivers) : unknown.receivers,
    runbook: known ? runbook : unknown.runbook,
    title: subjectOf,
    text: [known ? says : (alarm.AlarmDescription ?? "An alarm without a description"), `${alarm.AlarmName} in ${region}: ${alarm.NewStateReason ?? alarm.NewStateValue}`].join("\n"),
    firing,
    // Each new alarm goes from "no data" to OK once: no receiver was notified that it fired.
    announced: firing || alarm.OldStateValue !== "INSUFFICIENT_DATA",
    source: `${region}/${alarm.AlarmName}`,
    at: alarm.StateChangeTime,
    // The same for the alarm and its end, whichever topic or attempt brings it.
    key: keyOf(alarm.AWSAccountId ?? account, region, alarm.AlarmName),
  };
}

const keyOf = (...parts) => createHash("sha256").update(parts.join("/")).digest("hex");

/** A value of the secret by the file that Alertmanager reads it from. */
function credential(secrets, file) {
  const name = file.split("/").at(-1);
  const value = secrets[name];
  if (typeof value !== "string" || value === "") throw new Error(`the secret has no value ${name}`);
  return value;
}

/** The ways to a person, by the settings of Alertmanager's receivers. */
const channels = {
  async pagerduty_configs({ routing_key_file: file }, notification, { secrets, settings: { interfaces }, post }) {
    const { title, text, runbook, labels, firing, key, source, at } = notification;
    const event = firing
      ? {
          event_action: "trigger",
          client: "CloudWatch",
          payload: {
            summary: short(title, interfaces.pagerduty.summaryCharacters),
            source,
            severity: labels.severity === "critical" ? "critical" : "warning",
            ...(at === undefined ? {} : { timestamp: at }),
            class: labels.alertname,
            ...(labels.application === undefined ? {} : { group: labels.application }),
            custom_details: { summary: text, runbook },
          },
          links: [{ href: runbook, text: "Runbook" }],
        }
      : { event_action: "resolve" };
    await post(interfaces.pagerduty.url, { routing_key: credential(secrets, file), dedup_key: key, ...event });
  },
  async slack_configs({ channel, send_resolved: resolved }, notification, { secrets, settings: { global }, post }) {
    const { title, text, runbook, firing, announced } = notification;
    if (!announced || (!firing && !resolved)) return;
    const heading = `${firing ? "" : "Resolved: "}${title}`;
    await post(credential(secrets, global.slack_api_url_file), {
      channel,
      attachments: [{ title: heading, title_link: runbook, fallback: heading, text: `${text}\nRunbook: ${runbook}`, color: firing ? "danger" : "good" }],
    });
  },
  async jira_configs({ api_url: url, project, issue_type: type, http_config: { basic_auth: login } }, notification, { secrets, settings: { interfaces }, post }) {
    const { title, text, runbook, labels, firing, announced, key } = notification;
    // As with Alertmanager, which has no transition to call: the person who did the work closes the ticket.
    if (!firing || !announced) return;
    const authorization = `Basic ${Buffer.from(`${login.username}:${credential(secrets, login.password_file)}`).toString("base64")}`;
    const mark = `ALERT{${key}}`;
    // Jira Cloud has another search than Data Center (Alertmanager's api_type "auto" distinguishes them by the host, too).
    const search = new URL(url).host.endsWith("atlassian.net") ? `${url.replace(/\/2$/, "/3")}/search/jql` : `${url}/search`;
    const { issues = [] } = await post(search, { jql: `statusCategory != Done and project="${project}" and labels="${mark}"`, maxResults: 1, fields: ["status"] }, authorization);
    if (issues.length > 0) return;
    const fields = {
      project: { key: project },
      issuetype: { name: type },
      summary: short(title, interfaces.jira.summaryCharacters),
      description: `${text}\nRunbook: ${runbook}`,
      labels: ["alert", labels.alertname, mark],
      priority: { name: labels.priority === "P3" ? "Medium" : "Low" },
    };
    await post(`${url}/issue`, { fields }, authorization);
  },
  async email_configs({ to, send_resolved: resolved }, notification, { secrets, settings: { global }, mail }) {
    const { title, text, runbook, firing, announced, key } = notification;
    if (!announced || (!firing && !resolved)) return;
    const [host, port] = global.smtp_smarthost.split(":");
    await mail({
      host,
      port: Number(port),
      user: global.smtp_auth_username,
      password: credential(secrets, global.smtp_auth_password_file),
      from: global.smtp_from,
      to,
      subject: `${firing ? "" : "Resolved: "}${title}`,
      text: `${text}\nRunbook: ${runbook}\n`,
      id: `${key}.${firing ? "firing" : "resolved"}`,
    });
  },
};

/** Sends a notification to all its receivers. One that fails keeps it from no other. @returns what failed */
async function notify(notification, context) {
  const sent = notification.receivers.flatMap((name) => {
    const receiver = context.settings.receivers.find((one) => one.name === name);
    if (receiver === undefined) return [{ name, done: Promise.reject(new Error("Alertmanager has no such receiver")) }];
    return Object.entries(channels).flatMap(([kind, channel]) =>
      (receiver[kind] ?? []).map((configuration) => ({ name, done: channel(configuration, notification, context) })),
    );
  });
  const ended = await Promise.allSettled(sent.map(({ done }) => done));
  return ended.flatMap(({ status, reason }, index) => (status === "rejected" ? [`${sent[index].name}: ${reason.message}`] : []));
}

/** Tries a call again that may succeed later: after a second, then after four, or when the server says. */
async function persistently(call, { attempts }, world) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (error.transient === false || attempt >= attempts) throw error;
      await world.wait(Math.min(10, error.afterSeconds ?? 4 ** (attempt - 1)) * 1000);
    }
  }
}

/** Only the name of the server is in an error: the path of a webhook is its credential. */
async function postOnce(url, body, authorization, statuses, world) {
  const { host } = new URL(url);
  const response = await world.fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(8000),
  }).catch((error) => {
    throw new Error(`${host} does not answer: ${error.cause?.code ?? error.name}`);
  });
  const text = await response.text();
  if (!response.ok)
    throw Object.assign(new Error(`${host} answers ${response.status} ${short(text, 200)}`), {
      transient: statuses.includes(response.status),
      afterSeconds: Number(response.headers.get("retry-after")) || undefined,
    });
  return /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : {};
}

/**
 * Delivers the messages of an event. @throws when a receiver was not reached, so that Lambda repeats it and, at last, keeps
 * it in the dead-letter queue: PagerDuty and the tickets know a repetition by its key.
 */
export async function deliver({ Records: records }, settings, world) {
  const { retries } = settings.interfaces;
  const secrets = JSON.parse(await world.secret());
  const context = {
    settings,
    secrets,
    post: (url, body, authorization) => persistently(() => postOnce(url, body, authorization, retries.statuses, world), retries, world),
    mail: (message) => persistently(() => world.mail({ ...message, date: new Date(world.now()) }), retries, world),
  };
  const failures = [];
  const delivered = [];
  for (const { Sns: message } of records) {
    const notification = notificationOf(message, settings);
    const failed = await notify(notification, context);
    failures.push(...failed.map((why) => `${notification.title}, ${why}`));
    delivered.push({ source: notification.source, firing: notification.firing, receivers: notification.receivers, failed });
  }
  world.log(JSON.stringify({ delivered }));
  if (failures.length > 0) throw new Error(`not delivered: ${failures.join("; ")}`);
  return delivered;
}

export async function handler(event) {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const settings = JSON.parse(await readFile(new URL("delivery.json", import.meta.url), "utf8"));
  return deliver(event, settings, {
    secret: async () => (await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: process.env.SECRET }))).SecretString,
    fetch,
    mail: send,
    wait: sleep,
    now: () => Date.now(),
    log: console.log,
  });
}
