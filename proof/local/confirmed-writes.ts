import { setTimeout as sleep } from "node:timers/promises";
import type { ReplicatedDatabase } from "../promotion/replicated-database";
import type { StandbyStores } from "../promotion/standby-stores";

const PAUSE_MS = 100;

interface Write {
  readonly id: number;
  /** Milliseconds since 1970 at which the primary had confirmed it. */
  readonly at: number;
}
export interface Loss {
  readonly identifier: string;
  readonly confirmed: number;
  readonly lost: number;
  /** Age of the oldest write that was lost, at the moment of the loss; 0 when none was. */
  readonly seconds: number;
}

/** Writes into every database until its primary is gone, and remembers what was confirmed. */
export class Confirmed {
  private readonly writes = new Map<string, Write[]>();
  private working: readonly Promise<void>[] = [];
  private ending = false;

  constructor(private readonly stores: StandbyStores) {}

  start(): void {
    this.working = this.stores.databases.map((database) => this.writeInto(database));
  }

  async stop(): Promise<void> {
    this.ending = true;
    await Promise.all(this.working);
  }

  /** What of the confirmed writes the standby's database does not hold. */
  async lossOf(database: ReplicatedDatabase, lostAt: number): Promise<Loss> {
    const there = await database.rows();
    const writes = this.writes.get(database.identifier) ?? [];
    const lost = writes.filter(({ id }) => !there.has(id));
    return {
      identifier: database.identifier,
      confirmed: writes.length,
      lost: lost.length,
      seconds: lost.length === 0 ? 0 : Math.max(0, (lostAt - Math.min(...lost.map(({ at }) => at))) / 1000),
    };
  }

  /** A write that fails is not confirmed: the primary is gone, or going. */
  private async writeInto(database: ReplicatedDatabase): Promise<void> {
    const confirmed: Write[] = [];
    this.writes.set(database.identifier, confirmed);
    while (!this.ending) {
      try {
        confirmed.push({ id: await database.write(), at: Date.now() });
      } catch {
        return;
      }
      await sleep(PAUSE_MS);
    }
  }
}
