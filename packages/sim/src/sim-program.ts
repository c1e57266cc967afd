// The programs of simulated worlds, built from a plan: the same for driver and executors. In addition to every stream
// itself there are computations whose answers follow from the streams (`known-answers.ts`).
import type { DStream, State, StreamingContext } from '@millrace/engine';
import { buildEventTime } from './event-time-program.ts';
import type { GraphKind, Plan } from './plan.ts';
import { buildKnownSinks } from './known-sinks-program.ts';
import { buildDrawnProgram } from './program/build/build-program.ts';
import { buildRecordErrors } from './record-errors-program.ts';
import { output, type SimProgramSetup } from './sim-output.ts';
import type { SimProcess } from './sim-process.ts';
import { recordOf, type SimRecord } from './sim-record.ts';
import type { SimSource } from './sim-source.ts';

/** The length and slide of windows, in batches. */
export const WINDOW = { batches: 3, slide: 2 } as const;

/** The number of keys. */
export const KEYS = 5;

/** State with a time-out is removed after this many batches without a record. */
export const TIMEOUT_BATCHES = 2;

type Counts = DStream<[number, number]>;

/** Builds the program of a plan in one process. */
export function buildProgram(ssc: StreamingContext, setup: SimProgramSetup): void {
  const { plan, sources, process } = setup;
  const streams = sources.map((source) => streamOf(ssc, source, process));
  for (const [index, stream] of streams.entries()) {
    const name = rawOutput(sources[index] as SimSource);
    const arrange = (records: SimRecord[], partitions: number, batchTime: number) => {
      (sources[index] as SimSource).blocks.set(batchTime, records.length === 0 ? 0 : partitions);
      return plan.brokenOnPurpose === true ? records.filter(([number]) => number % 40 !== 7) : records;
    };
    output(stream, name, setup, arrange, { isInput: true });
  }
  const [first, ...others] = streams as [DStream<SimRecord>, ...DStream<SimRecord>[]];
  const all = others.length === 0 ? first : first.union(...others);
  const counts: Counts = all.map(([number]): [number, number] => [number % KEYS, 1]);
  for (const kind of plan.graphs) build(kind, { all, counts, plan, setup });
  if (plan.eventTime !== undefined) buildEventTime(streams, plan.eventTime, setup);
  const { recordErrors } = plan;
  if (recordErrors !== undefined && plan.program === undefined) buildRecordErrors(all, recordErrors, setup);
  buildKnownSinks(all, setup);
  if (plan.program !== undefined) buildDrawnProgram(ssc, streams, plan.program, setup);
}

/** The records of a source; lines are parsed. */
function streamOf(ssc: StreamingContext, source: SimSource, process: SimProcess): DStream<SimRecord> {
  const stream = ssc.receiverStream(source.receiver(process));
  if (source.setup.plan.mix !== undefined) return stream.map(recordOf);
  // Without a mix, all records are stored as values.
  return stream as DStream<SimRecord>;
}

/** The name of the output with the records of a stream. */
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

/** The sum of a key above which the state of the key is removed. */
export const REMOVED_ABOVE = 12;

const removing = (values: readonly number[], state: number | undefined): number | undefined => {
  const sum = total(values, state);
  return sum > REMOVED_ABOVE ? undefined : sum;
};

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
    case 'persisted': {
      // Two outputs read one persisted shuffle; the second output through another shuffle.
      const kept = counts.reduceByKey(add, 2).persist();
      output(kept, kind, setup, byKey);
      const halves = kept.map(([key, count]): [number, number] => [key % 2, count]).reduceByKey(add, 2);
      return output(halves, 'persisted halves', setup, byKey);
    }
    case 'state-window': {
      const states = counts.updateStateByKey(total).window(windowMs, plan.batchIntervalMs);
      return output(states.reduceByKey(add, 2), kind, setup, byKey);
    }
    case 'timed-state': {
      const timed = all
        .filter(([number]) => isInPhase(number))
        .map(([number]): [number, number] => [number % KEYS, 1]);
      const timeoutMs = TIMEOUT_BATCHES * plan.batchIntervalMs;
      const stream = timed.mapWithState(
        (key: number, value: number | undefined, state: State<number>) => {
          // Timing-out state cannot be changed any more.
          if (!state.isTimingOut()) state.update((state.exists() ? state.get() : 0) + (value ?? 0));
          return key;
        },
        { timeoutMs },
      );
      return output(stream.stateSnapshots(), kind, setup, byKey);
    }
    case 'removed-state':
      return output(counts.updateStateByKey(removing), kind, setup, byKey);
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

/** Keys with a time-out take turns: this many consecutive numbers have records of one key only. */
const PHASE = 30;

/**
 * Tells whether a number counts for its key with time-outs: only in the phase of the key, so that each key is silent for
 * long.
 */
export function isInPhase(number: number): boolean {
  return Math.floor(number / PHASE) % KEYS === number % KEYS;
}

function isCount(pair: [number, number]): boolean {
  return pair[1] !== 0;
}

function byKey(pairs: readonly (readonly [number, number])[]): readonly unknown[] {
  return [...pairs].toSorted(([one], [other]) => one - other);
}
