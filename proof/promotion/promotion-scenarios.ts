import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject } from "../kubernetes/kubernetes-api";
import { label } from "../../contract";
import { arrayOf, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { Ledger } from "../run/ledger";
import { type Execution, executionEnd } from "./executions";
import { heldBack, readyWriters, stepJobs } from "./held-back";
import type { Standby } from "./standby";

/** An execution has waits of seconds at this scale; a machine under load needs several times that. */
const LONGEST_SECONDS = 120;

/** One promotion after another, each from where the one before left the standby. */
export class PromotionScenarios {
  constructor(
    private readonly ledger: Ledger,
    private readonly standby: Standby,
  ) {}

  async prove(): Promise<void> {
    const { stores } = this.standby;
    for (const { cache, primary } of stores.caches) await primary.call("SET", `job:${cache.name}`, "queued");
    await this.standby.takeCopies();
    await this.dryRun();
    await this.gameDay();
    await this.laggingReplica();
    const confirmed = await Promise.all(stores.databases.map((database) => database.write()));
    await Promise.all(stores.databases.map((database) => database.caughtUp()));
    await stores.losePrimary();
    await this.timeSinceTheLoss(new Date());
    await this.failedMigration();
    await this.promoted(confirmed);
    await this.repeated();
    if (this.standby.front.refused.length > 0)
      this.ledger.failed("tokens of EKS", this.standby.front.refused.join("; "));
    else this.ledger.proved("tokens of EKS taken");
  }

  private run(input: object): Promise<Execution> {
    return this.standby.promote(input, LONGEST_SECONDS);
  }

  private async dryRun(): Promise<void> {
    const execution = await this.run({ dryRun: true });
    const lines = objectsOf(objectOf(objectOf(execution.output["check"])["result"])["lines"]);
    const named = lines.map(({ identifier }) => textOf(identifier));
    this.expect("a dry run", execution, { status: "SUCCEEDED", last: "Reported" }, [
      ...(await this.nothingChanged()),
      ...this.standby.stores.databases
        .filter(({ identifier }) => !named.includes(identifier))
        .map(({ identifier }) => `its report does not name ${identifier}`),
      ...lines
        .filter(({ lagSeconds }) => typeof lagSeconds !== "number")
        .map(({ identifier }) => `its report has no lag of ${textOf(identifier) ?? "?"}`),
    ]);
  }

  /** Begins with a dry run of the promotion, and announces. */
  private async gameDay(): Promise<void> {
    const { calls, deployed } = this.standby.setting;
    const started = await calls.standby.states("StartExecution", { stateMachineArn: deployed.gameDayArn, input: "{}" });
    const execution = await executionEnd(calls.standby, textOf(started["executionArn"]) ?? "", LONGEST_SECONDS);
    const { executions } = await calls.standby.states("ListExecutions", { stateMachineArn: deployed.promotionArn });
    const dryRuns = arrayOf(executions).length;
    this.expect("the game day", execution, { status: "SUCCEEDED", last: "Announced" }, [
      ...(dryRuns === 2 ? [] : [`it was to start one dry run of the promotion; there are ${dryRuns - 1}`]),
      ...(await this.nothingChanged()),
    ]);
  }

  /** The limit is lowered to what any replica exceeds, instead of waiting for the real one. */
  private async laggingReplica(): Promise<void> {
    await this.standby.setMaxLag(0);
    const execution = await this.run({});
    await this.standby.setMaxLag();
    this.expect(
      "a replica that lags too long",
      execution,
      { status: "FAILED", error: "LagTooLong", last: "LagTooLong" },
      [...(await this.nothingChanged())],
    );
  }

  /** The figure of a replica whose source is gone grows each second: after a while it exceeds any RPO, though nothing is lost. */
  private async timeSinceTheLoss(lostAt: Date): Promise<void> {
    await sleep(1500);
    await this.standby.setMaxLag(1);
    const without = await this.run({ dryRun: true });
    const counted = await this.run({ dryRun: true, lostAt: lostAt.toISOString() });
    await this.standby.setMaxLag();
    const allowed = ({ output }: Execution): unknown => objectOf(objectOf(output["check"])["result"])["allowed"];
    this.expect("a lag counted up to the loss", counted, { status: "SUCCEEDED", last: "Reported" }, [
      ...(allowed(without) === false ? [] : ["without lostAt the time since the loss was not taken for lag"]),
      ...(allowed(counted) === true ? [] : [`with lostAt it is refused: ${JSON.stringify(counted.output["check"])}`]),
      ...(await this.nothingChanged()),
    ]);
  }

  private async nothingChanged(): Promise<readonly string[]> {
    const { stores, setting } = this.standby;
    const { started } = await heldBack(setting.api);
    return [
      ...stores.rds.changes.map((change) => `it called ${change}`),
      ...started.map((what) => `it started ${what}`),
      ...(await stepJobs(setting.api)).map(({ name }) => `it made ${name}`),
    ];
  }

  /** RDS refuses at first, as during a backup; then a migration fails. Writers must not start on a half-changed schema. */
  private async failedMigration(): Promise<void> {
    const { stores, setting } = this.standby;
    const [first] = stores.databases;
    const migration = await this.aMigration();
    if (first === undefined || migration === undefined) return;
    stores.rds.setStatus(first.identifier, "backing-up");
    setTimeout(() => stores.rds.setStatus(first.identifier, "available"), 2000);
    await setting.api.patch(migration, {
      spec: {
        jobTemplate: {
          spec: { activeDeadlineSeconds: 1, template: { spec: { nodeSelector: { "proof/none": "true" } } } },
        },
      },
    });
    const execution = await this.run({});
    const { started } = await heldBack(setting.api);
    this.expect(
      "a migration that fails",
      execution,
      { status: "FAILED", error: "StepFailed", last: "Failed", passes: "TellFailure" },
      [
        ...(execution.cause.includes(migration.metadata.name)
          ? []
          : [`its cause does not name the Job: ${execution.cause}`]),
        ...started.map((what) => `it started ${what}`),
        ...(await this.unpromoted()),
      ],
    );
    await setting.api.patch(migration, {
      spec: {
        jobTemplate: {
          spec: { activeDeadlineSeconds: null, template: { spec: { nodeSelector: { "proof/none": null } } } },
        },
      },
    });
    await setting.api.deleteAll("batch/v1", "Job", migration.metadata.namespace);
  }

  private async aMigration(): Promise<KubernetesObject | undefined> {
    const found = await this.standby.setting.api.list(
      "batch/v1",
      "CronJob",
      undefined,
      `labelSelector=${encodeURIComponent(`${label.step}=migration`)}`,
    );
    if (found.length === 0) this.ledger.failed("a migration that fails", "the standby has no migration");
    return found[0];
  }

  private async unpromoted(): Promise<readonly string[]> {
    const { databases } = this.standby.stores;
    const states = await Promise.all(databases.map((database) => database.isReplica()));
    return databases.filter((_, at) => states[at]).map(({ identifier }) => `${identifier} is still a replica`);
  }

  /** Started again after the cause is fixed: what was done is left, the rest is done. */
  private async promoted(confirmed: readonly number[]): Promise<void> {
    const { stores, setting } = this.standby;
    const before = stores.rds.changes.length;
    const execution = await this.run({});
    const jobs = await stepJobs(setting.api);
    const { suspended, withoutReplicas, paused } = await heldBack(setting.api);
    const problems = [
      ...(await this.unpromoted()),
      ...stores.rds.changes
        .slice(before)
        .filter((change) => change.startsWith("Promote"))
        .map((change) => `${change} was called again`),
      ...jobs.filter(({ complete }) => !complete).map(({ name }) => `${name} is not complete`),
      ...(jobs.length === 0 ? ["no migration ran"] : []),
      ...[...suspended, ...withoutReplicas, ...paused].map((what) => `${what} is still held back`),
      ...(await this.lostRows(confirmed)),
      ...(await this.lostEntries()),
      ...this.unsettled(),
    ];
    this.expect("a promotion", execution, { status: "SUCCEEDED", last: "Promoted" }, problems);
  }

  private async lostRows(confirmed: readonly number[]): Promise<readonly string[]> {
    const { databases } = this.standby.stores;
    const rows = await Promise.all(databases.map((database) => database.rows()));
    const writes = await Promise.all(databases.map((database) => database.takesWrites()));
    return databases.flatMap(({ identifier }, at) => [
      ...(rows[at]?.has(confirmed[at] ?? -1) ? [] : [`${identifier} has lost a row that it had before`]),
      ...(writes[at] ? [] : [`${identifier} takes no writes`]),
    ]);
  }

  private async lostEntries(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const { cache, standby } of this.standby.stores.caches) {
      const value = await standby.call("GET", `job:${cache.name}`);
      if (String(value) !== "queued") problems.push(`${cache.name} has lost an entry of its newest copy`);
    }
    return problems;
  }

  private unsettled(): readonly string[] {
    const { stores, setting } = this.standby;
    return setting.parts.databases.flatMap(({ identifier, wantedRetentionDays }) => {
      const { multiAz, retentionDays } = stores.rds.settingsOf(identifier);
      return multiAz && retentionDays >= wantedRetentionDays
        ? []
        : [`${identifier} has ${retentionDays} days of backups and ${multiAz ? "a" : "no"} standby of its zone`];
    });
  }

  /** A start too many changes nothing. */
  private async repeated(): Promise<void> {
    const { stores, setting } = this.standby;
    const before = stores.rds.changes.length;
    const writers = await this.awaitWriters();
    const execution = await this.run({});
    const changes = stores.rds.changes.slice(before);
    const after = await readyWriters(setting.api);
    this.expect("a repeated start", execution, { status: "SUCCEEDED", last: "Promoted" }, [
      ...changes.map((change) => `it called ${change}`),
      ...(writers > 0 ? [] : ["no writer is ready after the promotion"]),
      ...(after === writers ? [] : [`${writers} writers were ready before it, ${after} after it`]),
      ...(await this.lostEntries()),
    ]);
  }

  private async awaitWriters(): Promise<number> {
    for (let asked = 0; asked < 60; asked += 1) {
      const ready = await readyWriters(this.standby.setting.api);
      if (ready > 0) return ready;
      await sleep(250);
    }
    return 0;
  }

  private expect(
    what: string,
    execution: Execution,
    wanted: { readonly status: string; readonly error?: string; readonly last: string; readonly passes?: string },
    problems: readonly string[],
  ): void {
    const names = execution.states.map(({ name }) => name);
    const all = [
      ...(execution.status === wanted.status && (wanted.error === undefined || execution.error === wanted.error)
        ? []
        : [`it ended with ${execution.status} ${execution.error}: ${execution.cause}`]),
      ...(names.at(-1) === wanted.last ? [] : [`its last state is ${names.at(-1) ?? "none"}, not ${wanted.last}`]),
      ...(wanted.passes === undefined || names.includes(wanted.passes) ? [] : [`it did not pass ${wanted.passes}`]),
      ...problems,
    ];
    if (all.length > 0) this.ledger.failed(what, [...all, `states: ${names.join(", ")}`].join("\n"));
    else {
      const seconds = ((execution.endedAt - execution.startedAt) / 1000).toFixed(1);
      this.ledger.note(
        `${what}: ${execution.status}${execution.error ? ` ${execution.error}` : ""} after ${names.length} states, ${seconds} s`,
      );
      this.ledger.proved("executions as they should be");
    }
  }
}
