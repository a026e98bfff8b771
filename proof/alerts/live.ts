import { writeFileSync, mkdirSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { Labels } from "../../models/routing/types";
import type { RuleGroup } from "../../models/slo/types";
import type { Engines } from "../engine-builds/obtain";
import { freePorts, type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";
import type { AlertingContent } from "./production-rules";
import type { Series } from "./objective-series";
import { fasterGroups, redirected, SPEED } from "./scaled";

/** A notification as it arrived: when, by which receiver, of which alert. */
export interface Arrival {
  readonly at: Date;
  readonly receiver: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface LiveRun {
  /** Names of the receivers and alerts that arrived since the beginning. */
  readonly arrivals: readonly Arrival[];
  /** Replaces series from now on; the others go on. */
  play(series: Series): void;
  stop(): Promise<void>;
}

/** Time of one sample of promtool's notation in the live run. */
const SAMPLE_MS = 30_000 / SPEED;

/** Real Prometheus and Alertmanager with the rules and the routing of production, on the loopback device. */
export async function startLiveRun(
  run: RunFolder,
  engines: Engines,
  content: AlertingContent,
  normal: Series,
): Promise<LiveRun> {
  const folder = join(run.path, "live");
  mkdirSync(folder);
  const exposition = new Exposition(normal);
  const arrivals: Arrival[] = [];
  const [metricsPort = 0, webhookPort = 0] = await freePorts(2);
  const http = [
    await listen(metricsPort, () => exposition.text(Date.now())),
    await listen(webhookPort, (path, body) => {
      const { alerts = [] } = JSON.parse(body) as { alerts?: { labels: Labels; annotations: Labels }[] };
      for (const { labels, annotations } of alerts)
        arrivals.push({ at: new Date(), receiver: path.slice(1), labels, annotations });
      return "";
    }),
  ];
  const endpoint = `http://127.0.0.1:${webhookPort}`;
  writeFileSync(join(folder, "alertmanager.yaml"), stringify(redirected(content.alertmanager, endpoint)));
  writeFileSync(
    join(folder, "rules.yaml"),
    stringify({ groups: fasterGroups(content.groups) as RuleGroup[] }, { aliasDuplicateObjects: false }),
  );
  const alertmanager = await startAlertmanager(run, engines["alertmanager"] ?? "", folder);
  writeFileSync(
    join(folder, "prometheus.yaml"),
    stringify(prometheusConfiguration(metricsPort, alertmanager.ports[0] ?? 0)),
  );
  const prometheus = await startPrometheus(run, engines["prometheus"] ?? "", folder);
  return {
    arrivals,
    play: (series) => exposition.replace(series),
    stop: async () => {
      await Promise.all([prometheus.stop(), alertmanager.stop()]);
      for (const server of http) server.close();
    },
  };
}

const prometheusConfiguration = (metricsPort: number, alertmanagerPort: number): object => ({
  global: {
    scrape_interval: `${SAMPLE_MS}ms`,
    scrape_timeout: `${SAMPLE_MS}ms`,
    evaluation_interval: `${SAMPLE_MS}ms`,
  },
  rule_files: ["rules.yaml"],
  alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
  scrape_configs: [
    { job_name: "played", honor_labels: true, static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] },
  ],
});

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

const startAlertmanager = (run: RunFolder, command: string, folder: string): Promise<Server> =>
  startServer(run, {
    name: "alertmanager",
    command,
    portCount: 1,
    arguments: ([port = 0]) => [
      `--config.file=${join(folder, "alertmanager.yaml")}`,
      `--storage.path=${join(folder, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    ready: ([port = 0]) => answers(`http://127.0.0.1:${port}/-/ready`),
  });

const startPrometheus = (run: RunFolder, command: string, folder: string): Promise<Server> =>
  startServer(run, {
    name: "prometheus",
    command,
    portCount: 1,
    arguments: ([port = 0]) => [
      `--config.file=${join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${join(folder, "prometheus")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--rules.alert.resend-delay=5s",
      "--query.lookback-delta=5s",
      "--log.level=warn",
    ],
    ready: ([port = 0]) => answers(`http://127.0.0.1:${port}/-/ready`),
  });

/** Series in promtool's notation, exposed as they are at a moment. */
class Exposition {
  private readonly began = Date.now();
  private readonly series = new Map<string, { readonly values: string; readonly since: number }>();

  constructor(series: Series) {
    this.add(series, this.began);
  }

  replace(series: Series): void {
    this.add(series, Date.now());
  }

  text(now: number): string {
    return [...this.series]
      .map(([name, { values, since }]) => `${name} ${valueAt(values, Math.floor((now - since) / SAMPLE_MS), now)}\n`)
      .join("");
  }

  private add(series: Series, since: number): void {
    for (const [name, values] of Object.entries(series)) this.series.set(sorted(name), { values, since });
  }
}

/** One name for one series, in whatever order its labels are written. */
function sorted(series: string): string {
  const [, metric = series, inside] = /^([^{]+)\{(.*)\}$/.exec(series) ?? [];
  if (inside === undefined) return metric;
  const labels = inside.match(/[a-zA-Z_]\w*="(?:[^"\\]|\\.)*"/g) ?? [];
  return `${metric}{${labels.sort().join(",")}}`;
}

/** The value of a series at a step: `a+bxN`, `axN`, several one after the other, or `now`. The last one goes on. */
export function valueAt(values: string, step: number, now: number): number {
  if (values === "now") return now / 1000;
  let rest = step;
  let last = 0;
  for (const part of values.split(" ")) {
    const [, from = "0", slope = "0", count = "0"] = /^(-?[\d.]+)(?:\+([\d.]+))?x(\d+)$/.exec(part) ?? [];
    const length = Number(count) + 1;
    last = Number(from) + Number(slope) * (values.endsWith(part) ? rest : Math.min(rest, length - 1));
    if (rest < length) return last;
    rest -= length;
  }
  return last;
}

function listen(port: number, answer: (path: string, body: string) => string): Promise<HttpServer> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(answer(request.url ?? "/", body));
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** Waits for so many minutes of the rules' time. */
export const minutes = (count: number): Promise<void> => sleep((count * 60_000) / SPEED);
