import type { CacheFaults, CacheService, RestorableCache } from "./cache-service";
import type { Expected, RestoreTestRuns } from "./restore-test-runs";

interface Scenario extends Expected {
  readonly what: string;
  readonly faults?: CacheFaults;
  /** Before the test, of the copies that the standby loads. */
  readonly prepare?: () => Promise<void>;
}

/** Copies of caches in the bucket of a region. */
export interface Copies {
  /** Writes the newest copy of each cache, as the schedule of the primary does. */
  take(): Promise<void>;
  /** Overwrites a part of the newest copy of a cache. */
  damage(identifier: string): Promise<void>;
}

/** What a test of restores of caches has to find: of snapshots where writes are accepted, of copies in the standby. */
export class CacheScenarios {
  constructor(
    private readonly runs: RestoreTestRuns,
    private readonly service: CacheService,
    private readonly caches: readonly RestorableCache[],
    /** undefined: the region restores snapshots. */
    private readonly copies: Copies | undefined,
  ) {}

  async prove(): Promise<void> {
    const [first] = this.caches;
    if (first === undefined) return;
    for (const scenario of this.copies === undefined ? this.ofSnapshots(first) : this.ofCopies(first, this.copies))
      await this.one(scenario);
  }

  private ofSnapshots({ identifier, running }: RestorableCache): readonly Scenario[] {
    const damaged = (damage: CacheFaults["damage"]): CacheFaults => ({
      damage: async (group, restored) => {
        if (group === identifier) await damage?.(group, restored);
      },
    });
    return [
      { what: "restores of every cache", succeeds: true },
      {
        what: "a snapshot without entries",
        words: /empty cache: the running one has \d+ entries/,
        faults: damaged(async (_, restored) => void (await restored.call("FLUSHALL"))),
      },
      {
        what: "a wrong password of a cache",
        words: /WRONGPASS/,
        faults: damaged(
          async (_, restored) =>
            void (await restored.call("ACL", "SETUSER", running.user, "resetpass", ">of-another-time")),
        ),
      },
      { what: "no snapshot", words: /no recovery point: /, faults: { withoutSnapshot: identifier } },
    ];
  }

  private ofCopies({ identifier }: RestorableCache, copies: Copies): readonly Scenario[] {
    return [
      { what: "no copy", words: /no recovery point: / },
      { what: "loads of every copy", succeeds: true, prepare: () => copies.take() },
      {
        what: "a damaged copy",
        words: /checksum|incorrect|invalid|unexpected end/i,
        prepare: () => copies.damage(identifier),
      },
    ];
  }

  private async one({ what, faults = {}, prepare, ...expected }: Scenario): Promise<void> {
    this.service.forget();
    this.service.faults = faults;
    await prepare?.();
    const sizes = await this.sizes();
    const execution = await this.runs.run();
    const { deleted, creations } = this.service;
    const problems = [
      ...this.service.left().map((identifier) => `it has left ${identifier}`),
      ...this.service.failures,
      ...creations
        .map((parameters) => parameters.get("ReplicationGroupId") ?? "")
        .filter((identifier) => !deleted.includes(identifier))
        .map((identifier) => `it has not deleted ${identifier}`),
      ...creations
        .filter((parameters) => parameters.get("TransitEncryptionEnabled") !== "true")
        .map((parameters) => `${parameters.get("ReplicationGroupId") ?? ""} is reached without TLS`),
      ...((await this.sizes()) === sizes ? [] : ["the running caches have other entries than before"]),
    ];
    this.runs.expect(what, execution, expected, problems);
  }

  private async sizes(): Promise<string> {
    return JSON.stringify(await Promise.all(this.caches.map(({ running }) => running.call("DBSIZE"))));
  }
}
