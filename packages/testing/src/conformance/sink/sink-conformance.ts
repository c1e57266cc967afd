// The kit of sinks: the replay checks, numbered, with the faults and the refused record of a subject. It works on the
// same targets as `sinkReplaySuite`.
import assert from 'node:assert/strict';
import { messageOf } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { applies } from '../kit/not-applicable.ts';
import type { SinkCheck } from '../sink-check.ts';
import { assertRefused, assertSurvives } from '../sink-fault-checks.ts';
import { SINK_LIFE_CHECKS } from '../sink-life-checks.ts';
import { SINK_REPLAY_CHECKS } from '../sink-replay-checks.ts';
import { SINK_RESCALE_CHECKS } from '../sink-rescale-checks.ts';
import type { SinkFault, SinkTarget } from '../sink-target.ts';
import { SinkTrial } from '../sink-trial.ts';

/** What the kit is given. */
export interface SinkSubject<
  T = unknown,
  Target extends SinkTarget<T> = SinkTarget<T>,
> extends ConformanceRun {
  /** Makes an empty place. */
  readonly create: () => Target | Promise<Target>;
  /** Makes a record that the sink can write; another id gives another record. Ids are whole numbers from 0. */
  readonly record: (id: number) => T;
  /** What the sink claims; the kit compares it with the sink's own word. */
  readonly capabilities: { readonly delivery: 'effectively-once' | 'at-least-once' };
  /** A record that the sink must refuse, where there is one. */
  readonly unsupportedRecord?: T;
  /** What can go wrong outside. */
  readonly faults?: readonly SinkFault<Target>[];
  /** Seeds the replays that are drawn by chance. Default 1. */
  readonly seed?: number;
}

/** What each check is given. */
export interface SinkConformanceTrial {
  readonly subject: SinkSubject;
  readonly target: SinkTarget<unknown>;
  readonly trial: SinkTrial<unknown>;
}

const OWN_CHECKS: readonly ConformanceCheck<SinkConformanceTrial>[] = [
  {
    number: 'SINK-3.1',
    title: 'the delivery is what was claimed',
    look: 'the capabilities of the sink',
    run: async ({ subject, trial }) => {
      assert.deepEqual(trial.sink.capabilities.delivery, subject.capabilities.delivery);
    },
  },
  {
    number: 'SINK-4.3',
    title: 'each record is there once although its place fails, whichever way it can fail',
    look: 'what a failed write leaves behind, and the answer to a write that took effect and was not told',
    run: async ({ subject }) => {
      const { faults = [] } = subject;
      applies(faults.length > 0, 'the subject names no faults');
      for (const fault of faults) await checkFault(subject, fault);
    },
  },
  {
    number: 'SINK-11.1',
    title: 'a sink is opened beside others, and again after it was closed',
    look: 'what open takes for itself alone',
    run: async ({ trial }) => {
      await trial.open();
      await trial.write();
      await trial.reopen();
      await trial.write({ batchTime: 2_000 });
      await trial.assertDelivered();
    },
  },
  {
    number: 'SINK-14.1',
    title: 'a record that cannot be written is refused with its index, and nothing of its partition is left',
    look: 'records that are written before all were looked at',
    run: async ({ subject, trial }) => {
      applies('unsupportedRecord' in subject, 'the sink takes any record, as far as the subject says');
      await assertRefused(trial, subject.unsupportedRecord);
    },
  },
];

/** The checks of `docs/spec/sink.md`. */
export const SINK_KIT: ConformanceKit<SinkSubject, SinkConformanceTrial> = {
  port: 'Sink',
  version: 2,
  spec: 'docs/spec/sink.md',
  checks: [...numbered([...SINK_LIFE_CHECKS, ...SINK_REPLAY_CHECKS, ...SINK_RESCALE_CHECKS]), ...OWN_CHECKS],
  notCheckable: [
    { rule: 'SINK-7', why: 'a write carries an identity; further use of a clock is not visible' },
    { rule: 'SINK-8', why: 'binds the caller' },
    { rule: 'SINK-9', why: 'binds the caller' },
    { rule: 'SINK-13', why: 'every check passes records that fail on a second iteration' },
    { rule: 'SINK-16', why: 'binds the caller' },
  ],
  withTrial: (subject, use) => withSinkTrial(subject, use),
};

/** Defines the conformance tests of a sink. */
export function sinkConformance<T, Target extends SinkTarget<T>>(
  test: TestFunctions,
  subject: SinkSubject<T, Target>,
): void {
  // Records go from `record` to the sink and come back as they are: their type matters to nobody in between.
  defineConformance(test, SINK_KIT, subject as unknown as SinkSubject);
}

async function withSinkTrial(
  subject: SinkSubject,
  use: (trial: SinkConformanceTrial) => Promise<void>,
): Promise<void> {
  const target = await subject.create();
  const trial = new SinkTrial<unknown>(target, subject.record);
  try {
    await trial.open();
    await use({ subject, target, trial });
  } finally {
    await trial.end();
  }
}

/** Says which fault it was. */
async function checkFault(subject: SinkSubject, fault: SinkFault<SinkTarget<unknown>>): Promise<void> {
  await withSinkTrial(subject, async ({ trial, target }) => {
    try {
      await assertSurvives(trial, () => fault.inject(target));
    } catch (cause) {
      throw new Error(`after this: ${fault.name}: ${messageOf(cause)}`, { cause });
    }
  });
}

/** Checks of one rule are counted in their order, which is therefore for ever. */
function numbered(checks: readonly SinkCheck[]): readonly ConformanceCheck<SinkConformanceTrial>[] {
  const counts = new Map<string, number>();
  return checks.map((check) => {
    const { rule, title, look } = check;
    const count = (counts.get(rule) ?? 0) + 1;
    counts.set(rule, count);
    return {
      number: `${rule}.${count}`,
      title,
      look,
      run: ({ trial, subject }) => check.run(trial, { seed: subject.seed ?? 1 }),
    };
  });
}
