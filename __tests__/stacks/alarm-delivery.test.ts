import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from "node:net";
import { notificationConfiguration } from "../../config/notifications";
import interfaces from "../../catalog/alerts/interfaces.json";
import { siteOf } from "../../config/site";
import { alarmDescription, alarmNote } from "../../contract";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { loadFunction } from "./deployed-function";

interface Message {
  host: string;
  port: number;
  [field: string]: unknown;
}
const delivery = loadFunction<{
  deliver(event: object, settings: object, world: object): Promise<{ failed: string[] }[]>;
}>("alarm-delivery/index.mjs");
const smtp = loadFunction<{
  send(message: object): Promise<void>;
  headerText(text: string): string;
}>("shared/smtp.mjs");

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}
/** An answer other than 200: how often it is given, and to which path. */
interface Refusal {
  readonly path: string;
  readonly status: number;
  left: number;
}

const received: Received[] = [];
const refusals: Refusal[] = [];
const mails: string[] = [];
const waits: number[] = [];
let issues: object[] = [];
let http: Server;
let mail: TcpServer;
const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port;

function answer(request: IncomingMessage, response: ServerResponse): void {
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString()));
  request.on("end", () => {
    const path = request.url ?? "";
    const refusal = refusals.find((one) => one.path === path && one.left > 0);
    if (refusal) {
      refusal.left -= 1;
      response.writeHead(refusal.status, { "retry-after": "2" }).end("not now");
      return;
    }
    const body = JSON.parse(text) as Record<string, unknown>;
    received.push({ path, authorization: request.headers.authorization, body });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(path.endsWith("/search") ? { issues } : { status: "success" }));
  });
}

/** As much of RFC 5321 as one message needs. */
function converse(socket: Socket): void {
  let data = false;
  let message = "";
  socket.on("error", () => undefined);
  socket.write("220 mail\r\n");
  let rest = "";
  socket.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (data && line !== ".") message += `${line}\n`;
      else if (data) {
        data = false;
        mails.push(message);
        message = "";
        socket.write("250 taken\r\n");
      } else if (line.startsWith("EHLO")) socket.write("250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n");
      else if (line.startsWith("STARTTLS")) socket.write("220 go on\r\n");
      else if (line.startsWith("AUTH"))
        socket.write(
          Buffer.from(line.split(" ")[2] ?? "", "base64").toString() === "\0alerts\0mail-secret"
            ? "235 welcome\r\n"
            : "535 wrong\r\n",
        );
      else if (line === "DATA") {
        data = true;
        socket.write("354 begin\r\n");
      } else socket.write("250 fine\r\n");
    }
  });
}

beforeAll(async () => {
  http = createHttpServer(answer);
  mail = createTcpServer(converse);
  await Promise.all([http, mail].map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))));
});
afterAll(() => {
  http.close();
  mail.close();
});
beforeEach(() => {
  for (const list of [received, refusals, mails, waits]) list.length = 0;
  issues = [];
});

const secrets = (): Record<string, string> => ({
  "slack-api-url": "https://hooks.slack.example/secret-path",
  "smtp-password": "mail-secret",
  "ticket-password": "ticket-secret",
  "pagerduty-routing-key-commerce": "key-of-commerce",
  "pagerduty-routing-key-platform-team": "key-of-platform",
});

const TEAMS = ["commerce", "platform-team"];
const receiver = (owner: string): object[] => {
  const [template] = notificationConfiguration(siteOf(fixtureEnvironment(), "primary")).receivers.flatMap(({ name }) =>
    name.startsWith("page-") ? [name.slice("page-".length)] : [],
  );
  const all = notificationConfiguration(siteOf(fixtureEnvironment(), "primary")).receivers.filter(({ name }) =>
    name.endsWith(`-${template}`),
  );
  return JSON.parse(JSON.stringify(all).replaceAll(template ?? "", owner)) as object[];
};
/** As synthesis writes it, with the receivers of two teams. */
const settings = () => ({
  interfaces,
  global: notificationConfiguration(siteOf(fixtureEnvironment(), "primary")).global,
  receivers: TEAMS.flatMap(receiver),
  unknown: {
    labels: { alertname: "NoticeOfAws", severity: "critical", priority: "P1", owner: "platform-team" },
    receivers: ["slack-platform-team", "page-platform-team"],
    runbook: "https://docs.example.com/runbooks/NoticeOfAws",
  },
  notice: {
    labels: { alertname: "NoticeOfAws", severity: "warning", priority: "P4", owner: "platform-team" },
    receivers: ["slack-platform-team", "ticket-platform-team", "email-platform-team"],
    runbook: "https://docs.example.com/runbooks/NoticeOfAws",
  },
});

/** Everything outside on the loopback device; addresses keep their host as the first part of the path. */
const world = (held = secrets()) => ({
  secret: () => Promise.resolve(JSON.stringify(held)),
  fetch: (url: string, init: RequestInit) => {
    const { host, pathname } = new URL(url);
    return fetch(`http://127.0.0.1:${portOf(http)}/${host}${pathname}`, init);
  },
  mail: (message: Message) =>
    smtp.send({
      ...message,
      host: "127.0.0.1",
      port: portOf(mail),
      secure: (socket: Socket) => Promise.resolve(socket),
    }),
  wait: (milliseconds: number) => {
    waits.push(milliseconds);
    return Promise.resolve();
  },
  now: () => Date.parse("2026-11-29T10:00:00Z"),
  log: () => undefined,
});

const note = (severity: string, receivers: readonly string[], priority = severity === "critical" ? "P1" : "P3") => ({
  says: "Less than a tenth of the storage is free: orders-main",
  runbook: "https://docs.example.com/runbooks/DatabaseStorageLow",
  labels: { alertname: "DatabaseStorageLow", severity, priority, owner: "commerce", application: "orders" },
  receivers,
});

const PAGED = ["slack-commerce", "page-commerce"];
const TICKETED = ["slack-commerce", "ticket-commerce", "email-commerce"];

const event = (state: string, from: string, description: string | null, name = "orders-main-storage") => ({
  Records: [
    {
      Sns: {
        MessageId: "1",
        TopicArn: "arn:aws:sns:eu-west-1:210987654321:acme-production-eu-west-1-stores",
        Message: JSON.stringify({
          AlarmName: name,
          AlarmDescription: description,
          AWSAccountId: "210987654321",
          NewStateValue: state,
          OldStateValue: from,
          NewStateReason: "Threshold Crossed: 1 datapoint",
          StateChangeTime: "2026-11-29T10:00:00.000+0000",
          Region: "EU (Ireland)",
        }),
      },
    },
  ],
});
const critical = alarmDescription(note("critical", PAGED));
const paths = (): string[] => received.map(({ path }) => path);
const PAGERDUTY = "/events.pagerduty.com/v2/enqueue";
const SLACK = "/hooks.slack.example/secret-path";
const JIRA = "/tickets.example.com/rest/api/2";

describe("the delivery of an alarm of AWS", () => {
  it("reads the description that constructs write", () => {
    expect(alarmNote(critical)).toEqual(note("critical", PAGED));
    expect(alarmNote("anything else")).toBeUndefined();
    expect(() => alarmDescription({ ...note("critical", PAGED), says: "x".repeat(1000) })).toThrow(
      "of 1024 characters",
    );
  });

  it("pages and posts a critical alarm with its runbook", async () => {
    await delivery.deliver(event("ALARM", "OK", critical), settings(), world());
    expect(paths().sort()).toEqual([PAGERDUTY, SLACK]);
    const paged = received.find(({ path }) => path === PAGERDUTY)?.body;
    expect(paged).toMatchObject({
      routing_key: "key-of-commerce",
      event_action: "trigger",
      payload: {
        summary: "DatabaseStorageLow of orders",
        source: "eu-west-1/orders-main-storage",
        severity: "critical",
        timestamp: "2026-11-29T10:00:00.000+0000",
        group: "orders",
        custom_details: { runbook: "https://docs.example.com/runbooks/DatabaseStorageLow" },
      },
      links: [{ href: "https://docs.example.com/runbooks/DatabaseStorageLow", text: "Runbook" }],
    });
    expect(received.find(({ path }) => path === SLACK)?.body).toMatchObject({
      attachments: [{ title_link: "https://docs.example.com/runbooks/DatabaseStorageLow", color: "danger" }],
    });
    expect(mails).toEqual([]);
  });

  it("resolves what it triggered, by the same key", async () => {
    await delivery.deliver(event("ALARM", "OK", critical), settings(), world());
    await delivery.deliver(event("OK", "ALARM", critical), settings(), world());
    const keys = received
      .filter(({ path }) => path === PAGERDUTY)
      .map(({ body }) => [body["event_action"], body["dedup_key"]]);
    expect(keys.map(([action]) => action)).toEqual(["trigger", "resolve"]);
    expect(new Set(keys.map(([, key]) => key)).size).toBe(1);
    expect(received.at(-1)?.body ?? received).toBeDefined();
    expect(received.filter(({ path }) => path === SLACK).at(-1)?.body).toMatchObject({
      attachments: [{ title: "Resolved: DatabaseStorageLow of orders", color: "good" }],
    });
  });

  it("posts nothing when a new alarm gets its first data, and still closes a page", async () => {
    await delivery.deliver(event("OK", "INSUFFICIENT_DATA", critical), settings(), world());
    expect(paths()).toEqual([PAGERDUTY]);
    expect(received[0]?.body).toMatchObject({ event_action: "resolve" });
  });

  it("mails a warning and opens a ticket once", async () => {
    const warning = alarmDescription(note("warning", TICKETED));
    await delivery.deliver(event("ALARM", "OK", warning), settings(), world());
    expect(paths().sort()).toEqual([SLACK, `${JIRA}/issue`, `${JIRA}/search`].sort());
    const ticket = received.find(({ path }) => path.endsWith("/issue"));
    expect(ticket?.authorization).toBe(`Basic ${Buffer.from("alerts@example.com:ticket-secret").toString("base64")}`);
    expect(ticket?.body).toMatchObject({
      fields: {
        summary: "DatabaseStorageLow of orders",
        issuetype: { name: "Incident" },
        priority: { name: "Medium" },
      },
    });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain("Subject: DatabaseStorageLow of orders");
    expect(Buffer.from(mails[0]?.split("\n\n")[1] ?? "", "base64").toString()).toContain(
      "Runbook: https://docs.example.com/runbooks/DatabaseStorageLow",
    );
    issues = [{ key: "SHOP-1" }];
    received.length = 0;
    await delivery.deliver(event("ALARM", "OK", warning), settings(), world());
    expect(paths()).not.toContain(`${JIRA}/issue`);
  });

  it("takes an alarm that says nothing for critical, and a text for a notice", async () => {
    await delivery.deliver(event("ALARM", "OK", null, "made-by-hand"), settings(), world());
    expect(received.find(({ path }) => path === PAGERDUTY)?.body).toMatchObject({
      routing_key: "key-of-platform",
      payload: { summary: "made-by-hand", severity: "critical" },
    });
    received.length = 0;
    const text = {
      Records: [
        {
          Sns: {
            MessageId: "2",
            TopicArn: "arn:aws:sns:eu-west-1:1:budget",
            Subject: "AWS Budgets",
            Message: "80 % are spent",
          },
        },
      ],
    };
    await delivery.deliver(text, settings(), world());
    expect(paths()).not.toContain(PAGERDUTY);
    expect(mails[0]).toContain("Subject: AWS Budgets");
  });

  it.each([429, 500, 503])("tries again after %i, when the server says", async (status) => {
    refusals.push({ path: PAGERDUTY, status, left: 2 });
    await delivery.deliver(event("ALARM", "OK", critical), settings(), world());
    expect(paths()).toContain(PAGERDUTY);
    expect(waits).toEqual([2000, 2000]);
  });

  it("fails after three attempts, so that Lambda repeats it, and reaches the others meanwhile", async () => {
    refusals.push({ path: PAGERDUTY, status: 503, left: 99 });
    await expect(delivery.deliver(event("ALARM", "OK", critical), settings(), world())).rejects.toThrow(
      "not delivered: DatabaseStorageLow of orders, page-commerce: events.pagerduty.com answers 503 not now",
    );
    expect(paths()).toEqual([SLACK]);
    expect(refusals[0]?.left).toBe(96);
  });

  it("does not repeat what is refused for good, and names no address that is a credential", async () => {
    refusals.push({ path: SLACK, status: 404, left: 99 });
    const refused = delivery.deliver(event("ALARM", "OK", critical), settings(), world());
    await expect(refused).rejects.toThrow("slack-commerce: hooks.slack.example answers 404");
    await expect(refused).rejects.not.toThrow("secret-path");
    expect(waits).toEqual([]);
  });

  it("names a credential that is missing, and fails without the secret", async () => {
    const held = secrets();
    delete held["pagerduty-routing-key-commerce"];
    await expect(delivery.deliver(event("ALARM", "OK", critical), settings(), world(held))).rejects.toThrow(
      "page-commerce: the secret has no value pagerduty-routing-key-commerce",
    );
    expect(paths()).toEqual([SLACK]);
    const none = { ...world(), secret: () => Promise.reject(new Error("ResourceNotFoundException")) };
    await expect(delivery.deliver(event("ALARM", "OK", critical), settings(), none)).rejects.toThrow(
      "ResourceNotFound",
    );
  });

  it("fails for a receiver that Alertmanager does not have, and for a server that is away", async () => {
    const other = alarmDescription(note("critical", ["page-ghost"]));
    await expect(delivery.deliver(event("ALARM", "OK", other), settings(), world())).rejects.toThrow(
      "page-ghost: Alertmanager has no such receiver",
    );
    const away = { ...world(), fetch: () => Promise.reject(new TypeError("fetch failed")) };
    await expect(delivery.deliver(event("ALARM", "OK", critical), settings(), away)).rejects.toThrow(
      "events.pagerduty.com does not answer",
    );
  });
});

describe("mail", () => {
  it("is refused without encryption, and with a wrong password", async () => {
    const bare = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("220 mail\r\n");
      socket.on("data", () => socket.write("250 mail\r\n"));
    });
    await new Promise<void>((done) => bare.listen(0, "127.0.0.1", done));
    const message = { host: "127.0.0.1", user: "alerts", password: "wrong", from: "a@b.example", to: "c@d.example" };
    await expect(smtp.send({ ...message, port: portOf(bare) })).rejects.toThrow("offers no STARTTLS");
    bare.close();
    await expect(
      smtp.send({ ...message, port: portOf(mail), secure: (socket: Socket) => Promise.resolve(socket) }),
    ).rejects.toThrow("answers AUTH with 535 wrong");
  });

  it("has a subject of one line, in words that mail servers take", () => {
    expect(smtp.headerText("a\r\nBcc: x@y.example")).toBe("a Bcc: x@y.example");
    const words = smtp.headerText("Größer als zehn Prozent ".repeat(8)).split("\r\n ");
    expect(words.every((word) => /^=\?UTF-8\?B\?[\w+/=]+\?=$/.test(word) && word.length <= 75)).toBe(true);
  });
});
