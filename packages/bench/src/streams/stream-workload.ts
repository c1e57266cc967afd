// One workload of streams: the same records through an engine, batch by batch, and through the code that one would write
// by hand. Both come to a checksum, so that neither leaves anything out.
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
      const sums = checksumsOf(work, batches);
      return [engineCase(work, batches, sums), handCase(work, batches, sums)];
    },
  };
}

/** The checksums of each round over the batches, as they come out by hand. */
function checksumsOf<T>({ byHand }: StreamWork<T>, batches: readonly (readonly T[])[]) {
  const run = byHand();
  const known: number[] = [];
  return (round: number): number => {
    while (known.length <= round) known.push(batches.reduce((sum, records) => sum + run(records), 0));
    return known[round] ?? 0;
  };
}

function engineCase<T>(
  work: StreamWork<T>,
  batches: readonly (readonly T[])[],
  checksum: (round: number) => number,
): BenchCase {
  let sum = 0;
  let round = 0;
  const engine = new SteppedEngine<T>((stream) => work.program(stream, (added) => (sum += added)));
  return {
    name: MILLRACE,
    operations: operationsOf(batches),
    run: async () => {
      sum = 0;
      for (const records of batches) await engine.batch(records);
      assertSame(MILLRACE, sum, checksum(round));
      round += 1;
    },
    close: () => engine.close(),
  };
}

function handCase<T>(
  work: StreamWork<T>,
  batches: readonly (readonly T[])[],
  checksum: (round: number) => number,
): BenchCase {
  const run = work.byHand();
  let round = 0;
  return {
    name: BY_HAND,
    operations: operationsOf(batches),
    run: async () => {
      const sum = batches.reduce((total, records) => total + run(records), 0);
      assertSame(BY_HAND, sum, checksum(round));
      round += 1;
    },
    close: async () => {},
  };
}

function operationsOf(batches: readonly (readonly unknown[])[]): number {
  return batches.reduce((sum, records) => sum + records.length, 0);
}

function assertSame(name: string, got: number, expected: number): void {
  if (got !== expected) throw new Error(`${name} came to ${got}, expected ${expected}`);
}
