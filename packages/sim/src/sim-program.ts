// The programs of simulated worlds: the same for driver and executors, built from a plan. Beside every stream as it is
// there are computations whose answers follow from it (`known-answers.ts`).
import type { RandomSource } from '@millrace/core';
import type { DStream, State, StreamingContext } from '@millrace/engine';
import type { Coverage } from './coverage.ts';
import type { Ledger } from './ledger.ts';
import type { GraphKind, Plan } from './plan.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimRecord, SimSource } from './sim-source.ts';

/** What a program is built of, in one process. */
export interface SimProgramSetup {
  readonly plan: Plan;
  readonly process: SimProcess;
  readonly sources: readonly SimSource[];
  readonly ledger: Ledger;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  /** Whether jobs fail as planned, now. */
  readonly isFaulty: () => boolean;
}

/** Windows last so many batches and slide by so many. */
export const WINDOW = { batches: 3, slide: 2 } as const;

/** How many keys there are. */
export const KEYS = 5;

type Counts = DStream<[number, number]>;

/** Builds the program of a plan in one process. */
export function buildProgram(ssc: StreamingContext, setup: SimProgramSetup): void {
  const { plan, sources, process } = setup;
  const streams = sources.map((source) => ssc.receiverStream(source.receiver(process)));
  for (const [index, stream] of streams.entries()) {
    const name = rawOutput(sources[index] as SimSource);
    output(stream, name, setup, (records) =>
      plan.brokenOnPurpose === true ? records.filter(([number]) => number % 40 !== 7) : records,
    );
  }
  const [first, ...others] = streams as [DStream<SimRecord>, ...DStream<SimRecord>[]];
  const all = others.length === 0 ? first : first.union(...others);
  const counts: Counts = all.map(([number]): [number, number] => [number % KEYS, 1]);
  for (const kind of plan.graphs) build(kind, { all, counts, plan, setup });
}

/** The name of the output that has a stream as it is. */
export function rawOutput(source: SimSource): string {
  return `raw ${source.name}`;
}

interface Parts {
  readonly all: DStream<SimRecord>;
  readonly counts: Counts;
  readonly plan: Plan;
  readonly setup: SimProgramSetup;
}

const add = (left: number, right: number): number => left + right;
const total = (values: readonly number[], state: number | undefined): number =>
  values.reduce(add, state ?? 0);

function build(kind: GraphKind, { all, counts, plan, setup }: Parts): void {
  const windowMs = WINDOW.batches * plan.batchIntervalMs;
  const slideMs = WINDOW.slide * plan.batchIntervalMs;
  switch (kind) {
    case 'reduce':
      return output(counts.reduceByKey(add, 2), kind, setup, byKey);
    case 'window':
      return output(counts.window(windowMs, slideMs).reduceByKey(add, 2), kind, setup, byKey);
    case 'inverse-window': {
      const options = { inverse: (all_: number, gone: number) => all_ - gone, filter: isCount };
      return output(counts.reduceByKeyAndWindow(add, windowMs, slideMs, options), kind, setup, byKey);
    }
    case 'state':
      return output(counts.updateStateByKey(total), kind, setup, byKey);
    case 'mapped-state': {
      const stream = counts.mapWithState((key: number, value: number | undefined, state: State<number>) => {
        state.update((state.exists() ? state.get() : 0) + (value ?? 0));
        return key;
      });
      return output(stream.stateSnapshots(), kind, setup, byKey);
    }
    case 'partitions': {
      const { process, ledger } = setup;
      all.foreachPartition(async (records, { batchTime, partition }) => {
        const numbers = [...records];
        process.step();
        if (process.isAlive) ledger.writeAnyOrder(`partition ${partition}`, batchTime, numbers);
        process.step();
      });
    }
  }
}

function isCount(pair: [number, number]): boolean {
  return pair[1] !== 0;
}

function byKey(pairs: readonly (readonly [number, number])[]): readonly unknown[] {
  return [...pairs].toSorted(([one], [other]) => one - other);
}

/** Writes each batch of a stream to the ledger; before or after that the driver may die, or the job may fail. */
function output<T>(
  stream: DStream<T>,
  name: string,
  setup: SimProgramSetup,
  arrange: (records: T[]) => readonly unknown[],
): void {
  const { process, ledger, plan, random, coverage, isFaulty } = setup;
  const mayFail = () => {
    process.step();
    if (!process.isAlive || !isFaulty() || random.next() >= plan.jobFailureRate) return;
    coverage.fault('job-failure');
    throw new Error('the sink did not answer');
  };
  stream.foreachRDD(async (rdd, { batchTime }) => {
    const records = await rdd.collect();
    mayFail();
    if (process.isAlive) ledger.write(name, batchTime, arrange(records));
    mayFail();
  });
}
