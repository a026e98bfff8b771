import { setTimeout as sleep } from "node:timers/promises";
import { objectOf, textOf } from "../../readiness/inventory/json";
import { LOST_REGION_PATH } from "../emulated-aws/gateway";
import { apiOf } from "../kubernetes/kubeconfig";
import { deployStandby, setVariables } from "../promotion/deployed-standby";
import { EmulatorCalls } from "../promotion/emulator-calls";
import type { Execution } from "../promotion/executions";
import { machineNames } from "../promotion/machine-names";
import { certificateOf } from "../promotion/promotion-cluster";
import { Standby } from "../promotion/standby";
import { promotionParts } from "../promotion/standby-functions";
import type { Ledger } from "../run/ledger";
import { RunFolder } from "../run/run-folder";
import type { Synthesised } from "../run/synthesised";
import { Confirmed } from "./confirmed-writes";
import { type FailoverName, failoverNames, latchOf, Probes } from "./health-checks";
import type { LocalDeployment } from "./local-deployment";
import { NameServer } from "./name-server";

/** Load balancers of the two regions, as names lead to them. */
const ADDRESSES = { primary: "127.1.0.1", secondary: "127.2.0.1" };
/** Route 53 gives an alias to a load balancer this life. */
const ALIAS_TTL_SECONDS = 60;
/** The latch looks once a minute; a machine under load may miss one. */
const LATCH_SPARE_SECONDS = 180;
const PROMOTION_SECONDS = 1800;

/** What happened when, in milliseconds since 1970. */
export interface Played {
  readonly lostAt: number;
  /** Until the last application's name led to the standby. */
  readonly detectedAt: number;
  readonly engagedAt: number;
  readonly promotion: Execution;
  readonly standby: Standby;
  readonly confirmed: Confirmed;
}

/** Plays the loss of the primary region on a running deployment, up to the end of the promotion. */
export class DrillPlay {
  private readonly names: readonly FailoverName[];
  private readonly calls: { readonly standby: EmulatorCalls; readonly primary: EmulatorCalls };
  private readonly latch: ReturnType<typeof latchOf>;

  constructor(
    private readonly ledger: Ledger,
    private readonly synthesised: Synthesised,
    private readonly deployment: LocalDeployment,
  ) {
    const { primary, secondary } = synthesised.environment.regions;
    this.names = failoverNames(synthesised);
    this.latch = latchOf(synthesised);
    this.calls = {
      standby: new EmulatorCalls(deployment.awsEnvironment, secondary.name),
      primary: new EmulatorCalls(deployment.awsEnvironment, primary.name),
    };
  }

  /** @param judge looks at what has been played while its servers run */
  async play(run: RunFolder, judge: (played: Played) => Promise<void>): Promise<void> {
    const standby = await this.prepare(run);
    const probes = new Probes(this.names, this.primaryEndpoint());
    const server = new NameServer((name) => this.addressOf(name, probes), ALIAS_TTL_SECONDS);
    const confirmed = new Confirmed(standby.stores);
    try {
      probes.start();
      await this.armLatch(await server.start());
      await this.fillCaches(standby);
      confirmed.start();
      await sleep(5000);
      const lostAt = await this.losePrimary(standby, confirmed);
      const detectedAt = await this.detected(probes);
      const engagedAt = await this.engaged();
      const promotion = await this.promote(standby, lostAt);
      await judge({ lostAt, detectedAt, engagedAt, promotion, standby, confirmed });
    } finally {
      await confirmed.stop();
      probes.stop();
      await server.stop();
      await standby.stop();
    }
  }

  private async prepare(run: RunFolder): Promise<Standby> {
    const { ledger, synthesised, deployment, calls } = this;
    ledger.progress.step("databases with replicas and caches, in the place of RDS and ElastiCache");
    const parts = promotionParts(synthesised);
    const deployed = await deployStandby(calls, parts, synthesised.environment.accountId);
    const kubeconfig = deployment.kubeconfigs[parts.region] ?? "";
    return Standby.prepare(run, {
      ...{ synthesised, parts, calls, deployed },
      api: apiOf(kubeconfig),
      certificate: certificateOf(kubeconfig),
      variables: { AWS_ENDPOINT_URL: deployment.awsEnvironment["AWS_ENDPOINT_URL"] ?? "" },
    });
  }

  private primaryEndpoint(): { readonly host: string; readonly port: number } {
    const kubeconfig = this.deployment.kubeconfigs[this.synthesised.environment.regions.primary.name] ?? "";
    const { hostname, port } = new URL(apiOf(kubeconfig).endpoint.url);
    return { host: hostname, port: Number(port) };
  }

  /** As Route 53 answers: the public name by health, the names of the regions always. */
  private addressOf(name: string, probes: Probes): string | undefined {
    for (const { application, host, primary, secondary } of this.names) {
      if (name === primary) return ADDRESSES.primary;
      if (name === secondary) return ADDRESSES.secondary;
      if (name === host) return probes.isHealthy(application) ? ADDRESSES.primary : ADDRESSES.secondary;
    }
    return undefined;
  }

  /** From then on the deployed function asks the drill's name server, each minute by its own schedule. */
  private async armLatch(resolver: string): Promise<void> {
    const { calls, latch, ledger, deployment } = this;
    for (const name of latch.parameters)
      await calls.standby.parameters("PutParameter", { Name: name, Value: "waiting", Type: "String", Overwrite: true });
    const endpoints = Object.entries(deployment.awsEnvironment).filter(([name]) => name.startsWith("AWS_ENDPOINT_URL"));
    await setVariables(calls.standby, latch.functionName, {
      ...machineNames({ resolver }),
      ...Object.fromEntries(endpoints),
    });
    ledger.progress.step("waiting until the latch has seen the primary served");
    await this.untilLatches("armed", 150);
    ledger.proved("latches armed", latch.parameters.length);
  }

  private async untilLatches(state: string, seconds: number): Promise<number> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const values = await Promise.all(
        this.latch.parameters.map(async (Name) =>
          textOf(objectOf((await this.calls.standby.parameters("GetParameter", { Name }))["Parameter"])["Value"]),
        ),
      );
      if (values.every((value) => value === state)) return Date.now();
      if (performance.now() > end)
        throw new Error(`the failback latches are ${values.join(", ")} and not ${state} after ${seconds} s`);
      await sleep(500);
    }
  }

  private async fillCaches(standby: Standby): Promise<void> {
    for (const { cache, primary } of standby.stores.caches) await primary.call("SET", `job:${cache.name}`, "queued");
    await standby.takeCopies();
  }

  /** API server, emulated AWS, databases and caches of the primary, all at once. */
  private async losePrimary(standby: Standby, confirmed: Confirmed): Promise<number> {
    const { primary } = this.synthesised.environment.regions;
    const [, plane = ""] = this.deployment.runs;
    const emulators = new Set(
      Object.entries(this.deployment.awsEnvironment).flatMap(([name, url]) =>
        name.startsWith("AWS_ENDPOINT_URL") ? [url] : [],
      ),
    );
    this.ledger.note(`${primary.name} is lost: its API server, its emulated AWS, its databases and caches end`);
    const lostAt = Date.now();
    await Promise.all([
      confirmed.stop(),
      standby.stores.losePrimary(),
      ...[...emulators].map((url) => fetch(`${url}${LOST_REGION_PATH}${primary.name}`, { method: "POST" })),
      RunFolder.open(plane).killAll(),
    ]);
    return lostAt;
  }

  private async detected(probes: Probes): Promise<number> {
    const longest = Math.max(...this.names.map((name) => name.intervalSeconds * (name.failureThreshold + 1)));
    this.ledger.progress.step(`waiting for the health checks: ${longest} s at most`);
    const end = performance.now() + (longest + 30) * 1000;
    for (;;) {
      const since = this.names.map(({ application }) => probes.unhealthySince(application));
      if (since.every((one) => one !== undefined)) return Math.max(...since.map((one) => one ?? 0));
      if (performance.now() > end) throw new Error("the health checks still hold the lost primary for healthy");
      await sleep(200);
    }
  }

  private async engaged(): Promise<number> {
    const seconds = this.latch.engageAfterMinutes * 60 + LATCH_SPARE_SECONDS;
    this.ledger.progress.step(`waiting for the latch: it engages after ${this.latch.engageAfterMinutes} minutes`);
    const at = await this.untilLatches("engaged", seconds);
    this.ledger.proved("latches engaged", this.latch.parameters.length);
    return at;
  }

  private async promote(standby: Standby, lostAt: number): Promise<Execution> {
    this.ledger.progress.step("the promotion runs");
    const execution = await standby.promote({ lostAt: new Date(lostAt).toISOString() }, PROMOTION_SECONDS);
    if (execution.status === "SUCCEEDED") this.ledger.proved("promotions");
    else
      this.ledger.failed(
        "the promotion",
        `${execution.status} ${execution.error}: ${execution.cause}; states: ${execution.states.map(({ name }) => name).join(", ")}`,
      );
    return execution;
  }
}
