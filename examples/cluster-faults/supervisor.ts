// Starts drivers and hosts again that have ended by themselves, as systemd or Kubernetes would.
import type { Clock } from '@millrace/core';
import { type Cluster, DRIVERS, HOSTS } from '../cluster/cluster.ts';

const LOOK_MS = 500;
/** The exit code of a driver when another one has taken over. */
export const REPLACED = 75;

/** The supervisor of a cluster. */
export class Supervisor {
  /** Ends of drivers and hosts that nobody expects, one line each. */
  readonly problems: string[] = [];
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #pauses = 0;
  #watching: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  /** Begins to look, twice a second until `end`. */
  begin(): void {
    this.#watching = this.#watch();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (this.#pauses === 0) await this.#look().catch((error: unknown) => this.problems.push(String(error)));
      await this.#clock.sleepFor(LOOK_MS, signal).catch(() => undefined);
    }
  }

  /** Nothing is started until `goOn`: a victim stays dead for a while. */
  pause(): void {
    this.#pauses += 1;
  }

  goOn(): void {
    this.#pauses -= 1;
  }

  /** Resolves when nothing is being started any more. Never rejects. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #look(): Promise<void> {
    for (const machine of DRIVERS) {
      const code = this.#cluster.exitOfDriver(machine);
      if (code === undefined) continue;
      if (code !== REPLACED) this.problems.push(`the driver on machine ${machine} ended with code ${code}`);
      await this.#cluster.startDriver(machine);
    }
    for (const machine of HOSTS) {
      if (!this.#cluster.hasHostEnded(machine)) continue;
      this.problems.push(`the host on machine ${machine} ended by itself`);
      await this.#cluster.startHost(machine);
    }
  }
}
