// The part of a program whose function fails for some records: for some in every run, for others once in each process. Two
// outputs read the failing stream, which is computed for each of them.
import type { DeadLetter, Sink, SinkWrite } from '@millrace/core';
import type { DStream } from '@millrace/engine';
import type { RecordErrorPlan } from './plan.ts';
import { output, outputStep, type SimProgramSetup } from './sim-output.ts';
import type { SimRecord } from './sim-record.ts';

/** The name of the output with the records for which the function does not fail, and the uid of its stream. */
export const CHECKED = 'checked';
/** The name of the output with the number of these records by key. */
export const CHECKED_COUNTS = 'checked counts';
/** The number of keys. */
export const CHECKED_KEYS = 3;

/** True for a record for which the function fails in every run. */
export function isBad({ reaction, every }: RecordErrorPlan, [number]: SimRecord): boolean {
  return reaction !== 'fail-batch' && number % every === 1;
}

/** Adds the stream and its outputs. */
export function buildRecordErrors(
  all: DStream<SimRecord>,
  plan: RecordErrorPlan,
  setup: SimProgramSetup,
): void {
  const hasFailedFor = new Set<number>();
  const check = (record: SimRecord): SimRecord => {
    const [number] = record;
    if (isBad(plan, record)) throw new RangeError(`no ${number}`);
    if (number % plan.flakyEvery === 2 && !hasFailedFor.has(number)) {
      hasFailedFor.add(number);
      // The same error from two processes would count as an error that stays, and end the attempts.
      throw new Error(`not yet ${number} in ${setup.process.name}`);
    }
    return record;
  };
  const checked = all.map(check).onRecordError(plan.reaction).uid(CHECKED);
  output(checked, CHECKED, setup, (records) => records);
  const counts = checked
    .map(([number]): [number, number] => [number % CHECKED_KEYS, 1])
    .reduceByKey((left, right) => left + right, 2);
  output(counts, CHECKED_COUNTS, setup, (pairs) => pairs.toSorted(([one], [other]) => one - other));
}

/** The sink of dead letters of one process: it is effectively once, and fails like other outputs. */
export function letterSink(setup: SimProgramSetup): Sink<DeadLetter> {
  const step = outputStep(setup);
  return {
    name: 'letters',
    capabilities: { delivery: 'effectively-once' },
    write: async (letters: Iterable<DeadLetter>, write: SinkWrite) => {
      const records = Array.from(letters, ({ record }) => JSON.parse(record) as SimRecord);
      step();
      if (setup.process.isAlive) setup.ledger.writeLetters(write, records);
      step();
    },
  };
}
