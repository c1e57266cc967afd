// One workload of streams: the same records through an engine, batch by batch, and through the code that one would write
// by hand. Both come to a checksum, so that neither leaves anything out; it is looked at when everything is measured.
import type { DStream } from '@millrace/engine';
import type { BenchCase, BenchWorkload, Budget } from '../runner/suite.ts';
import { SteppedEngine } from './stepped-engine.ts';

/** The engine's name in all workloads. */
export const MILLRACE = 'millrace';
/** The contender it is compared with. */
export const BY_HAND = 'by hand';

/** What both contenders do. */
export interface StreamWork<T> {
  readonly name: string;
  /** The records of a batch; called once for each of the batches that take turns. */
  readonly makeBatch: (batch: number) => readonly T[];
  /** What the engine does; a batch's checksum goes to `add`. */
  readonly program: (stream: DStream<T>, add: (checksum: number) => void) => void;
  /** Makes what does the same by hand, and answers the checksum of a batch. */
  readonly byHand: () => (records: readonly T[]) => number;
  readonly budgets: readonly Budget[];
  /** How often the records of a batch go through. Default: once. */
  readonly passes?: number;
}

/** So many different batches take turns. */
const BATCHES = 8;

/** Makes the workload. */
export function streamWorkload<T>(work: StreamWork<T>): BenchWorkload {
  return {
    name: work.name,
    budgets: work.budgets,
    makeCases: () => {
      const batches = Array.from({ length: BATCHES }, (_, batch) => work.makeBatch(batch));
      return [engineCase(work, batches), handCase(work, batches)];
    },
  };
}

function engineCase<T>(work: StreamWork<T>, batches: readonly (readonly T[])[]): BenchCase {
  const sums: number[] = [];
  let sum = 0;
  const engine = new SteppedEngine<T>((stream) => work.program(stream, (added) => (sum += added)));
  return {
    name: MILLRACE,
    operations: operationsOf(work, batches),
    run: async () => {
      sum = 0;
      for (const records of batches) await engine.batch(records);
      sums.push(sum);
    },
    close: async () => {
      await engine.close();
      assertSame(sums, work, batches);
    },
  };
}

function handCase<T>(work: StreamWork<T>, batches: readonly (readonly T[])[]): BenchCase {
  const sums: number[] = [];
  const run = work.byHand();
  return {
    name: BY_HAND,
    operations: operationsOf(work, batches),
    run: async () => {
      sums.push(batches.reduce((total, records) => total + run(records), 0));
    },
    close: async () => assertSame(sums, work, batches),
  };
}

function operationsOf<T>({ passes = 1 }: StreamWork<T>, batches: readonly (readonly T[])[]): number {
  return passes * batches.reduce((sum, records) => sum + records.length, 0);
}

/** Runs by hand, anew and unmeasured, what a contender has run, and compares the checksums of every round. */
function assertSame<T>(
  sums: readonly number[],
  work: StreamWork<T>,
  batches: readonly (readonly T[])[],
): void {
  const run = work.byHand();
  for (const [round, sum] of sums.entries()) {
    const expected = batches.reduce((total, records) => total + run(records), 0);
    if (sum !== expected)
      throw new Error(`${work.name} came to ${sum} in round ${round}, not to ${expected}`);
  }
}
