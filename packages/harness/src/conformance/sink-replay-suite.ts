// The replay test of sinks: proves that a batch that is written again, in whatever way that comes about, leaves every
// record outside exactly once (or at least once, where that is all a sink claims). It is told the test functions, so
// it runs in any framework; every title begins with the rule of `docs/spec/sink.md` that it proves.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import { SINK_LIFE_CHECKS } from './sink-life-checks.ts';
import { SINK_REPLAY_CHECKS } from './sink-replay-checks.ts';
import type { SinkFault, SinkReplaySuite, SinkTarget } from './sink-target.ts';
import { once, SinkTrial } from './sink-trial.ts';

/** How many writes follow a fault: it may hit one after the next. */
const WRITES_AFTER_FAULT = 4;

/**
 * Defines the suite for one kind of sink.
 *
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * sinkReplaySuite({
 *   name: 'my-sink',
 *   describe,
 *   it,
 *   record: (id) => ({ id }),
 *   create: () => {
 *     const place = new Place();
 *     return { createSink: () => mySink(place), readBack: () => place.readAll() };
 *   },
 * });
 * ```
 */
export function sinkReplaySuite<T, Target extends SinkTarget<T>>(suite: SinkReplaySuite<T, Target>): void {
  const { name, describe, it, seed = 1, faults = [] } = suite;
  describe(`sink ${name}`, () => {
    for (const check of [...SINK_LIFE_CHECKS, ...SINK_REPLAY_CHECKS]) {
      it(`${check.rule} ${check.title}`, () => withTrial(suite, (trial) => check.run(trial, { seed })));
    }
    for (const fault of faults) {
      it(`SINK-4 each record is there once although ${fault.name}`, () => checkFault(suite, fault));
    }
    if (suite.unsupportedRecord === undefined) return;
    const unsupported = suite.unsupportedRecord;
    it('SINK-14 a record that cannot be written is refused with its index, and nothing is left', () =>
      checkUnsupported(suite, unsupported));
  });
}

async function withTrial<T, Target extends SinkTarget<T>>(
  suite: SinkReplaySuite<T, Target>,
  run: (trial: SinkTrial<T>, target: Target) => Promise<void>,
): Promise<void> {
  const target = await suite.create();
  const trial = new SinkTrial<T>(target, suite.record);
  try {
    await trial.open();
    await run(trial, target);
  } finally {
    await trial.end();
  }
}

/** Writes on after a fault, repeating what fails, then once more after a crash. */
async function checkFault<T, Target extends SinkTarget<T>>(
  suite: SinkReplaySuite<T, Target>,
  fault: SinkFault<Target>,
): Promise<void> {
  await withTrial(suite, async (trial, target) => {
    await trial.write();
    await fault.inject(target);
    for (let batch = 2; batch < 2 + WRITES_AFTER_FAULT; batch += 1) {
      await trial.repeatUntilDone(trial.expect({ batchTime: batch * 1_000 }, 100));
    }
    await trial.assertDelivered();
    await trial.crash();
    for (const write of trial.writes) await trial.repeat(write);
    await trial.assertDelivered();
  });
}

async function checkUnsupported<T, Target extends SinkTarget<T>>(
  suite: SinkReplaySuite<T, Target>,
  unsupported: T,
): Promise<void> {
  await withTrial(suite, async (trial) => {
    const write = trial.expect({}, 3);
    const [first, ...others] = trial.records(write);
    assert(first !== undefined);
    await assert.rejects(
      trial.sink.write(once([first, unsupported, ...others]), write),
      (error) => isMillraceError(error, 'MR_SINK_UNSUPPORTED_RECORD') && error.details['index'] === 1,
    );
    await trial.assertNothing();
    await trial.repeat(write);
    await trial.assertDelivered();
  });
}
