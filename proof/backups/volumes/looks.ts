import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../../kubernetes/kubernetes-api";

/** An object changed or went between two calls, or the API server begins to serve a kind: the next look finds it as it is then. */
const PASSING = [404, 409, 429];

/** Looks at a cluster again and again, as a controller does, until it is stopped. One look at a time. */
export class Looks {
  private stopped = false;
  private paused = false;
  private failure: Error | undefined;
  private readonly ended: Promise<void>;

  /** @param failed is called at once with what ends the looks: what waits for their effect would wait in vain */
  constructor(
    look: () => Promise<void>,
    private readonly failed: (error: Error) => void,
    milliseconds = 250,
  ) {
    this.ended = this.run(look, milliseconds);
  }

  private async run(look: () => Promise<void>, milliseconds: number): Promise<void> {
    while (!this.stopped) {
      try {
        if (!this.paused) await look();
      } catch (error) {
        if (!(error instanceof Refusal && PASSING.includes(error.status))) {
          this.failure = error instanceof Error ? error : new Error(String(error));
          this.failed(this.failure);
          return;
        }
      }
      await sleep(milliseconds);
    }
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** @throws what a look ended with: nothing is looked at since */
  check(): void {
    if (this.failure) throw this.failure;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }
}
