// What goes wrong with a faulty disk, and when: every operation passes here. It may fail, and it may be the one at which
// the machine stops; then neither it nor any later one ever settles, as nobody is left to be told.
import type { RandomSource } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { FaultTally } from './fault-tally.ts';

/** An operation that can fail. */
export type FaultyOperation =
  | 'open'
  | 'list'
  | 'stat'
  | 'rename'
  | 'remove'
  | 'makeDirectory'
  | 'syncDirectory'
  | 'lock'
  | 'append'
  | 'sync'
  | 'truncate'
  | 'read';

/** How likely each operation fails, 0 to 1; what is not named does not. */
export type FaultRates = Readonly<Partial<Record<FaultyOperation, number>>>;

/** What an operation does to the disk. */
export interface OperationEffects<T> {
  /** All of it. */
  readonly whole: () => T;
  /** What may have happened when it was cut off; nothing by default. */
  readonly half?: () => void;
  /** What happens when it fails; as `half` by default. */
  readonly failed?: () => void;
}

/** What a machine is made of. */
export interface FaultyMachineSetup {
  readonly random: RandomSource;
  /** Where faults are counted. */
  readonly tally: FaultTally;
  readonly rates: FaultRates;
  readonly capacityBytes: number;
  readonly usedBytes: () => number;
}

/** Operations take up to so many turns of the promise queue, so that they overlap. */
const TURNS_MAX = 3;

/** One life of a machine: it runs until it halts. */
export class FaultyMachine {
  readonly random: RandomSource;
  readonly tally: FaultTally;
  readonly #usedBytes: () => number;
  readonly #violations: string[] = [];
  rates: FaultRates;
  capacityBytes: number;
  #operations = 0;
  #haltAt = Number.POSITIVE_INFINITY;
  readonly #halted = Promise.withResolvers<void>();
  #isHalted = false;

  constructor(setup: FaultyMachineSetup) {
    this.random = setup.random;
    this.tally = setup.tally;
    this.rates = setup.rates;
    this.capacityBytes = setup.capacityBytes;
    this.#usedBytes = setup.usedBytes;
  }

  get operations(): number {
    return this.#operations;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  /** How many bytes more there is room for. */
  get freeBytes(): number {
    // Counting what is used goes over all files.
    if (this.capacityBytes === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.capacityBytes - this.#usedBytes());
  }

  /** Notes what a caller did that the port forbids. */
  violated(rule: string): void {
    this.#violations.push(rule);
  }

  /** Stops in the middle of the operation with this number from now; resolves then. */
  haltAfter(operations: number): Promise<void> {
    this.#haltAt = this.#operations + operations;
    return this.#halted.promise;
  }

  /** Stops now. */
  halt(): void {
    this.#isHalted = true;
    this.#halted.resolve();
  }

  /**
   * Carries an operation out, lets it fail, or never settles. An operation that is cut off by a halt may have had its
   * effect, or half of it: only the answer is missing for certain.
   *
   * @throws `MR_STORAGE_FAILED`, and what the effect throws.
   */
  async perform<T>(operation: FaultyOperation, path: string, effects: OperationEffects<T>): Promise<T> {
    this.#operations += 1;
    const isLast = this.#operations >= this.#haltAt;
    for (let turn = this.random.integer(TURNS_MAX + 1); turn > 0; turn -= 1) await Promise.resolve();
    if (this.#isHalted) return nothing();
    if (isLast) {
      const draw = this.random.integer(3);
      if (draw === 0) effects.half?.();
      if (draw === 1) effects.whole();
      this.tally.note('cut off');
      this.halt();
      return nothing();
    }
    if (this.random.next() >= (this.rates[operation] ?? 0)) return effects.whole();
    this.tally.note(`failed ${operation}`);
    (effects.failed ?? effects.half)?.();
    throw coreError('MR_STORAGE_FAILED', `could not ${operation} ${path}: the disk failed`, {
      details: { path, operation },
    });
  }
}

/** Never settles. */
function nothing(): Promise<never> {
  return new Promise(() => undefined);
}
