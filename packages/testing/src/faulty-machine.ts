// Decides the faults of a faulty disk; every operation passes here. An operation may fail, or the machine may stop at
// the operation. After a stop neither this operation nor any later one settles, because the calling process is dead.
import type { RandomSource } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { FaultTally } from './fault-tally.ts';
import type { FaultyOperation } from './faulty-operation.ts';

/** The probability of failure for each operation, 0 to 1; operations that are not listed do not fail. */
export type FaultRates = Readonly<Partial<Record<FaultyOperation, number>>>;

/** The effects of an operation on the disk. */
export interface OperationEffects<T> {
  /** The complete effect. */
  readonly whole: () => T;
  /** The possible effect of an interrupted operation; none by default. */
  readonly half?: () => void;
  /** The effect of a failed operation; `half` by default. */
  readonly failed?: () => void;
}

/** The dependencies of a machine. */
export interface FaultyMachineSetup {
  readonly random: RandomSource;
  /** Counts the faults. */
  readonly tally: FaultTally;
  readonly rates: FaultRates;
  readonly capacityBytes: number;
  readonly usedBytes: () => number;
}

/** The maximum of promise queue turns per operation, so that operations overlap. */
const TURNS_MAX = 3;

/** One life of a machine, up to its halt. */
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

  /** The number of free bytes. */
  get freeBytes(): number {
    // Summing up the used bytes visits all files.
    if (this.capacityBytes === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.capacityBytes - this.#usedBytes());
  }

  /** Records a violation of the port's rules by the caller. */
  violated(rule: string): void {
    this.#violations.push(rule);
  }

  /** Stops in the middle of the operation with this number, counted from now; resolves at the stop. */
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
   * Completes an operation, fails the operation, or never settles. An operation interrupted by a halt may have had all,
   * half or none of its effect: only the answer is certain to be missing.
   *
   * @throws `MR_STORAGE_FAILED`, and the errors of the effect.
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
