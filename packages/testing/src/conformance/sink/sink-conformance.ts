// The kit of sinks: the numbered replay checks, with the faults and the unsupported record of a subject. The kit works
// on the same targets as `sinkReplaySuite`.
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

/** The subject of the kit. */
export interface SinkSubject<
  T = unknown,
  Target extends SinkTarget<T> = SinkTarget<T>,
> extends ConformanceRun {
  /** Makes an empty destination. */
  readonly create: () => Target | Promise<Target>;
  /** Makes a record supported by the sink; another id gives another record. Ids are whole numbers from 0. */
  readonly record: (id: number) => T;
  /** The claims of the sink; the kit compares them with the sink's capabilities. */
  readonly capabilities: { readonly delivery: 'effectively-once' | 'at-least-once' };
  /** A record that the sink must refuse, if one exists. */
  readonly unsupportedRecord?: T;
  /** Possible faults of the destination. */
  readonly faults?: readonly SinkFault<Target>[];
  /** Seeds the random replays. Default 1. */
  readonly seed?: number;
}

/** The input of each check. */
export interface SinkConformanceTrial {
  readonly subject: SinkSubject;
  readonly target: SinkTarget<unknown>;
  readonly trial: SinkTrial<unknown>;
}

const OWN_CHECKS: readonly ConformanceCheck<SinkConformanceTrial>[] = [
  {
    number: 'SINK-3.1',
    title: 'the sink has the claimed delivery',
    look: 'the capabilities of the sink',
    run: async ({ subject, trial }) => {
      assert.deepEqual(trial.sink.capabilities.delivery, subject.capabilities.delivery);
    },
  },
  {
    number: 'SINK-4.3',
    title: 'each record is present once after any fault of the destination',
    look: 'the remains of a failed write, and a write that took effect without an answer',
    run: async ({ subject }) => {
      const { faults = [] } = subject;
      applies(faults.length > 0, 'the subject names no faults');
      for (const fault of faults) await checkFault(subject, fault);
    },
  },
  {
    number: 'SINK-11.1',
    title: 'a sink may be opened beside other sinks, and again after a close',
    look: 'exclusive resources taken by open',
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
    title: 'an unsupported record is refused with its index, and nothing of the partition remains',
    look: 'records written before all records were checked',
    run: async ({ subject, trial }) => {
      applies('unsupportedRecord' in subject, 'the sink takes any record, according to the subject');
      await assertRefused(trial, subject.unsupportedRecord);
    },
  },
];

/** The checks of `docs/spec/sink.md`. */
export const SINK_KIT: ConformanceKit<SinkSubject, SinkConformanceTrial> = {
  port: 'Sink',
  version: 3,
  spec: 'docs/spec/sink.md',
  checks: [...numbered([...SINK_LIFE_CHECKS, ...SINK_REPLAY_CHECKS, ...SINK_RESCALE_CHECKS]), ...OWN_CHECKS],
  notCheckable: [
    { rule: 'SINK-7', why: 'a write carries an identity; further use of a clock is not visible' },
    { rule: 'SINK-8', why: 'binds the caller' },
    { rule: 'SINK-9', why: 'binds the caller' },
    { rule: 'SINK-13', why: 'every check passes records that fail on a second iteration' },
    { rule: 'SINK-16', why: 'binds the caller' },
    { rule: 'SINK-18', why: 'binds the caller' },
    { rule: 'SINK-19', why: 'the kit runs on one host' },
    { rule: 'SINK-20', why: 'binds the caller' },
  ],
  withTrial: (subject, use) => withSinkTrial(subject, use),
};

/** Defines the conformance tests of a sink. */
export function sinkConformance<T, Target extends SinkTarget<T>>(
  test: TestFunctions,
  subject: SinkSubject<T, Target>,
): void {
  // Records only travel from `record` to the sink and back, so their type has no effect in between.
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

/** Runs the check of one fault and names the fault in a failure. */
async function checkFault(subject: SinkSubject, fault: SinkFault<SinkTarget<unknown>>): Promise<void> {
  await withSinkTrial(subject, async ({ trial, target }) => {
    try {
      await assertSurvives(trial, () => fault.inject(target));
    } catch (cause) {
      throw new Error(`after this: ${fault.name}: ${messageOf(cause)}`, { cause });
    }
  });
}

/** Checks of one rule are numbered in their order, so the order must never change. */
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
