// Checks of a sink's reaction to a failing destination and to an unsupported record, for the suite and for the kit.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import { once, type SinkTrial } from './sink-trial.ts';

/** The number of writes after a fault; the fault may hit any of these writes. */
const WRITES_AFTER_FAULT = 4;

/**
 * Continues writing after a fault, repeats failed writes, and writes again after a crash: each record is present once.
 */
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

/** An unsupported record is refused with its index, nothing remains, and the partition may be written again. */
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
