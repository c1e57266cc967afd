// One workload of streams: the same records through an engine, batch by batch, and through purpose-built code. Both
// compute a checksum, so that neither skips work; the checksums are compared after the measurement.
import type { DStream } from '@millrace/engine';
import type { BenchCase, BenchWorkload, Budget } from '../runner/suite.ts';
import { SteppedEngine } from './stepped-engine.ts';

/** The engine's name in all workloads. */
export const MILLRACE = 'millrace';
/** The contender for comparison. */
export const BY_HAND = 'by hand';

/** The work of both contenders. */
export interface StreamWork<T> {
  readonly name: string;
  /** The records of a batch; called once for each of the alternating batches. */
  readonly makeBatch: (batch: number) => readonly T[];
  /** The program of the engine; a batch's checksum goes to `add`. */
  readonly program: (stream: DStream<T>, add: (checksum: number) => void) => void;
  /** Makes the purpose-built equivalent, which returns the checksum of a batch. */
  readonly byHand: () => (records: readonly T[]) => number;
  readonly budgets: readonly Budget[];
  /** The number of passes over the records of a batch. Default: one. */
  readonly passes?: number;
}

/** The number of different, alternating batches. */
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

/** Runs by hand, again and unmeasured, all batches of a contender, and compares the checksums of every round. */
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
