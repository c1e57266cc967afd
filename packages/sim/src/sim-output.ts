// Output operations of simulated programs. An output writes to the ledger; at each of its steps the driver may die or
// the job may fail. Every kind of program ends in these outputs.
import type { RandomSource, Storage } from '@millrace/core';
import type { DStream } from '@millrace/engine';
import type { Coverage } from './coverage.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimSource } from './sim-source.ts';
import type { SimSinks } from './program/sinks/sim-sinks.ts';

/** The dependencies of a program in one process. */
export interface SimProgramSetup {
  readonly plan: Plan;
  readonly process: SimProcess;
  readonly sources: readonly SimSource[];
  readonly ledger: Ledger;
  readonly sinks: SimSinks;
  /** The disk from the view of the process. */
  readonly storage: Storage;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  /** True when jobs currently fail as planned. */
  readonly isFaulty: () => boolean;
}

/** Any value that user code may throw, not only an error. */
function anything(random: RandomSource): unknown {
  const circle: { cause?: unknown } = {};
  circle.cause = circle;
  const things: readonly unknown[] = [
    Object.create(null),
    undefined,
    null,
    'the sink did not answer',
    Symbol('no answer'),
    circle,
    Object.freeze(
      Object.defineProperty({}, 'message', {
        get: () => {
          throw new TypeError('nothing to read');
        },
      }),
    ),
    new Proxy(
      {},
      {
        get: () => {
          throw new TypeError('nothing to read');
        },
      },
    ),
  ];
  return things[random.integer(things.length)];
}

/**
 * A step of an output: the driver may die at the step, or the job may fail. Called before and after the effect.
 * `neverFails`: only the driver may die.
 */
export function outputStep(
  { process, plan, random, coverage, isFaulty }: SimProgramSetup,
  { neverFails = false }: { readonly neverFails?: boolean } = {},
): () => void {
  return () => {
    process.step();
    if (!process.isAlive || neverFails || !isFaulty() || random.next() >= plan.jobFailureRate) return;
    coverage.fault('job-failure');
    throw plan.settings?.throwsAnything === true ? anything(random) : new Error('the sink did not answer');
  };
}

/** The ratio of state updates to output steps. */
const TOUCHES_PER_STEP = 20;

/**
 * User code in the middle of a batch of state: the code fails like jobs do, and all changes of the batch to the state
 * are undone. Every output of a batch needs its state, also the outputs that record the input, which have to know the
 * input of a skipped batch: where batches are skipped, this code never fails.
 */
export function stateFailure({ process, plan, random, coverage, isFaulty }: SimProgramSetup): () => void {
  const rate = plan.onBatchFailure === 'skip' ? 0 : plan.jobFailureRate / TOUCHES_PER_STEP;
  return () => {
    if (rate === 0 || !process.isAlive || !isFaulty() || random.next() >= rate) return;
    coverage.fault('job-failure');
    throw new Error('the function of the state failed');
  };
}

/** Takes as long as the plan allows for outputs. Awaited before the effect. */
export function outputDelay({ process, plan, random, isFaulty }: SimProgramSetup): () => Promise<void> {
  const { outputMs = 0 } = plan.settings ?? {};
  return async () => {
    if (outputMs > 0 && isFaulty()) await process.clock.sleepFor(random.integer(outputMs + 1));
  };
}

/**
 * Writes each batch of a stream to the ledger; before or afterwards the driver may die, or the job may fail. `isInput`:
 * the output records the input for the checkers.
 */
export function output<T>(
  stream: DStream<T>,
  name: string,
  setup: SimProgramSetup,
  arrange: (records: T[], partitions: number, batchTime: number) => readonly unknown[],
  { isInput = false }: { readonly isInput?: boolean } = {},
): void {
  const { process, ledger, plan } = setup;
  // The input is known for skipped batches as well.
  const step = outputStep(setup, { neverFails: isInput && plan.onBatchFailure === 'skip' });
  const delay = outputDelay(setup);
  stream.foreachRDD(async (rdd, { batchTime }) => {
    const records = await rdd.collect();
    await delay();
    step();
    if (process.isAlive) ledger.write(name, batchTime, arrange(records, rdd.partitionCount, batchTime));
    step();
  });
}
