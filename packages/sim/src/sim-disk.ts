// The disk of a simulated world, over all lives of its machine: which faults it has, who holds which lock, and what is
// left after a loss of power.
import type { RandomSource, Storage } from '@millrace/core';
import { FaultTally, FaultyStorage } from '@millrace/harness';
import type { Coverage } from './coverage.ts';
import type { DiskFaults } from './plan.ts';
import { ProcessStorage } from './process-storage.ts';
import type { SimProcess } from './sim-process.ts';

const PAGE_BYTES = 256;
const OTHER_OPERATIONS = [
  'open',
  'rename',
  'remove',
  'syncDirectory',
  'truncate',
  'read',
  'list',
  'stat',
] as const;

/** See the header of this file. */
export class SimDisk {
  readonly #coverage: Coverage;
  readonly #tally = new FaultTally();
  #storage: FaultyStorage;
  #locks = new Map<string, SimProcess>();
  #slowMs = 0;

  constructor(random: RandomSource, coverage: Coverage) {
    this.#coverage = coverage;
    this.#storage = new FaultyStorage({ random, pageBytes: PAGE_BYTES, tally: this.#tally });
  }

  /** What its users did that the port forbids. */
  get violations(): readonly string[] {
    return this.#storage.violations;
  }

  /** The disk as one process sees it. */
  viewOf(process: SimProcess, random: RandomSource): Storage {
    return new ProcessStorage({
      process,
      disk: this.#storage,
      locks: this.#locks,
      random,
      slowMs: () => this.#slowMs,
    });
  }

  /** Faults begin. */
  beginFaults({ append = 0, sync = 0, other = 0, slowMs = 0 }: DiskFaults): void {
    const others = Object.fromEntries(OTHER_OPERATIONS.map((name) => [name, other]));
    this.#storage.faults = { append, sync, ...others };
    this.#slowMs = slowMs;
    if (slowMs > 0) this.#coverage.fault('disk-slow');
  }

  /** Faults are over: nothing fails, and there is room. */
  endFaults(): void {
    this.#storage.faults = {};
    this.#slowMs = 0;
    this.isFull = false;
  }

  set isFull(isFull: boolean) {
    this.#storage.capacityBytes = isFull ? 0 : Number.POSITIVE_INFINITY;
  }

  /** The machine loses its power: what was not synced may be gone, and nobody holds a lock. */
  losePower(): void {
    this.countFaults();
    this.#storage = this.#storage.crash();
    this.#locks = new Map();
  }

  /** Tells the coverage what has failed. */
  countFaults(): void {
    const failed = [...this.#tally.all()].some(([kind]) => kind.startsWith('failed '));
    if (failed) this.#coverage.fault('disk-failure');
    if (this.#tally.of('full disk') > 0) this.#coverage.fault('disk-full');
  }
}
