// Output operations of simulated programs: they write to the ledger, and at each of their steps the driver may die or the
// job may fail. Every kind of program ends in these.
import type { RandomSource } from '@millrace/core';
import type { DStream } from '@millrace/engine';
import type { Coverage } from './coverage.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimSource } from './sim-source.ts';

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

/** Writes each batch of a stream to the ledger; before or after that the driver may die, or the job may fail. */
export function output<T>(
  stream: DStream<T>,
  name: string,
  setup: SimProgramSetup,
  arrange: (records: T[]) => readonly unknown[],
): void {
  const { process, ledger, plan, random, coverage, isFaulty } = setup;
  const { outputMs = 0 } = plan.settings ?? {};
  const mayFail = () => {
    process.step();
    if (!process.isAlive || !isFaulty() || random.next() >= plan.jobFailureRate) return;
    coverage.fault('job-failure');
    throw new Error('the sink did not answer');
  };
  stream.foreachRDD(async (rdd, { batchTime }) => {
    const records = await rdd.collect();
    if (outputMs > 0) await process.clock.sleepFor(random.integer(outputMs + 1));
    mayFail();
    if (process.isAlive) ledger.write(name, batchTime, arrange(records));
    mayFail();
  });
}
