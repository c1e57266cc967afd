// What a sink has to do about a place that fails and a record that it cannot write: for the suite and for the kit.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import { once, type SinkTrial } from './sink-trial.ts';

/** How many writes follow a fault: it may hit one after the next. */
const WRITES_AFTER_FAULT = 4;

/** Writes on after a fault, repeating what fails, then once more after a crash: each record is there once. */
export async function assertSurvives<T>(
  trial: SinkTrial<T>,
  inject: () => void | Promise<void>,
): Promise<void> {
  await trial.write();
  await inject();
  for (let batch = 2; batch < 2 + WRITES_AFTER_FAULT; batch += 1) {
    await trial.repeatUntilDone(trial.expect({ batchTime: batch * 1_000 }, 100));
  }
  await trial.assertDelivered();
  await trial.crash();
  for (const write of trial.writes) await trial.repeat(write);
  await trial.assertDelivered();
}

/** A record that cannot be written is refused with its index, nothing is left, and the partition may be written again. */
export async function assertRefused<T>(trial: SinkTrial<T>, unsupported: T): Promise<void> {
  const write = trial.expect({}, 3);
  const [first, ...others] = trial.records(write);
  assert(first !== undefined);
  await assert.rejects(
    trial.sink.write(once([first, unsupported, ...others]), write),
    (error) => isMillraceError(error, 'MR_SINK_UNSUPPORTED_RECORD') && error.details['index'] === 1,
    'expected MR_SINK_UNSUPPORTED_RECORD with index 1 among its details',
  );
  await trial.assertNothing();
  await trial.repeat(write);
  await trial.assertDelivered();
}
