// The program of a simulated cluster: for each source a result of each batch, and entries in a ledger; and sums by key over all
// batches, as state.
import type { StreamingContext } from '@millrace/engine';
import type { RandomSource } from '@millrace/core';
import type { SimProcess } from '../sim-process.ts';
import type { SimRecord } from '../sim-record.ts';
import type { SimSource } from '../sim-source.ts';
import type { ClusterOutputs } from './cluster-outputs.ts';
import type { ClusterPlan } from './cluster-plan.ts';

/** The dependencies of a program in one process. */
export interface ClusterProgramSetup {
  readonly plan: ClusterPlan;
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly sources: readonly SimSource[];
  readonly outputs: ClusterOutputs;
  /** Called with the epoch of each task that this process runs. */
  readonly onTask?: (epoch: number) => void;
}

/** The number of keys of the state. */
export const CLUSTER_KEYS = 5;
/** The name of the output with the state. */
export const TOTALS = 'totals';

/** Builds the program. */
export function buildClusterProgram(ssc: StreamingContext, setup: ClusterProgramSetup): void {
  const { plan, process, random, sources, outputs, onTask } = setup;
  const wait = () => process.clock.sleepFor(random.integer(plan.outputMs + 1));
  const isKept = ([number]: SimRecord) => plan.brokenOnPurpose !== true || number % 40 !== 7;
  const streams = sources.map((source) => {
    const stream = ssc.receiverStream(source.receiver(process));
    const records = stream.map((record) => record as SimRecord).filter(isKept);
    records.foreachRDD(async (rdd, { batchTime }) => {
      const found = await rdd.collect();
      await wait();
      outputs.write(process.name, source.name, batchTime, found);
      await wait();
    });
    records.foreachPartition(async (found, { batchTime, partition, epoch }) => {
      onTask?.(epoch);
      const numbers = [...found].map(([number]) => number);
      await wait();
      outputs.enter(source.name, { batchTime, partition, epoch }, numbers);
      await wait();
    });
    return records;
  });
  const [first, ...others] = streams;
  if (first === undefined) return;
  first
    .union(...others)
    .map(([number]): [number, number] => [number % CLUSTER_KEYS, 1])
    .updateStateByKey(
      (values: readonly number[], before: number | undefined) => (before ?? 0) + values.length,
    )
    .foreachRDD(async (rdd, { batchTime }) => {
      const totals = await rdd.collect();
      await wait();
      const sorted = totals.toSorted(([one], [other]) => one - other);
      outputs.write(process.name, TOTALS, batchTime, sorted);
    });
}
