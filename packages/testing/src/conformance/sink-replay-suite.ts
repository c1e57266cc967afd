// The replay test of sinks. The suite proves that repeated writes of a batch, of every kind, leave every record in the
// destination exactly once (or at least once, where a sink claims no more). The suite receives the test functions, so
// any framework can run the tests; every title begins with the proven rule of `docs/spec/sink.md`.
import { assertRefused, assertSurvives } from './sink-fault-checks.ts';
import { SINK_LIFE_CHECKS } from './sink-life-checks.ts';
import { SINK_REPLAY_CHECKS } from './sink-replay-checks.ts';
import { SINK_RESCALE_CHECKS } from './sink-rescale-checks.ts';
import type { SinkReplaySuite, SinkTarget } from './sink-target.ts';
import { SinkTrial } from './sink-trial.ts';

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
    for (const check of [...SINK_LIFE_CHECKS, ...SINK_REPLAY_CHECKS, ...SINK_RESCALE_CHECKS]) {
      it(`${check.rule} ${check.title}`, () => withTrial(suite, (trial) => check.run(trial, { seed })));
    }
    for (const fault of faults) {
      it(`SINK-4 each record is present once although ${fault.name}`, () =>
        withTrial(suite, (trial, target) => assertSurvives(trial, () => fault.inject(target))));
    }
    if (suite.unsupportedRecord === undefined) return;
    const unsupported = suite.unsupportedRecord;
    it('SINK-14 an unsupported record is refused with its index, and nothing remains', () =>
      withTrial(suite, (trial) => assertRefused(trial, unsupported)));
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
