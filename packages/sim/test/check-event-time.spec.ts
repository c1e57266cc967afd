// Tests of the event-time checker: the expected results of a few batches are written by hand, and the checker must
// report every deviation.
import { describe, expect, it } from 'vitest';
import { checkEventTime, checkEventTimeIsWhole } from '../src/check-event-time.ts';
import { drawPlan } from '../src/draw-plan.ts';
import { eventAnswers, type EventAnswer } from '../src/event-time-answers.ts';
import { EVENT_OUTPUTS } from '../src/event-time-program.ts';
import type { InputHistory } from '../src/input-history.ts';
import { Ledger } from '../src/ledger.ts';
import type { EventTimePlan, EventWindowPlan, StreamPlan } from '../src/plan.ts';
import type { SimRecord } from '../src/sim-record.ts';

/** Records of one key. They happened at 0, 260 and 1,180 ms; 30, -1,085 and 950 ms, with a heartbeat; never; 605 ms. */
const numbers = [[0, 20, 60], [10, 5, 25, 50], [], [35]];
const records = numbers.map((batch) => [batch.map((number): SimRecord => [number, 0])]);
const history: InputHistory = {
  batchIntervalMs: 1_000,
  zeroTime: 0,
  batches: new Map(records.map((streams, index) => [(index + 1) * 1_000, streams])),
};
const streams: readonly StreamPlan[] = [
  { source: 'positions', recordsPerSecond: 50, stores: 'records', restartRate: 0, failureRate: 0 },
];

function planOf(windows: EventWindowPlan, allowedLatenessMs = 0): EventTimePlan {
  const timestamps = { outOfOrdernessMs: 100, idleAfterMs: 1_000, idleAdvanceMs: 500 };
  return { windows, allowedLatenessMs, sources: 'each', timestamps, partitions: 1 };
}

function answersOf(plan: EventTimePlan): readonly EventAnswer[] {
  return [...eventAnswers(plan, streams, history).values()];
}

describe('the known answers of event time', () => {
  it('have the watermark of the newest record, and advance in silence', () => {
    const marks = answersOf(planOf({ kind: 'tumbling', sizeMs: 400 })).map(({ watermarks }) => watermarks[0]);
    expect(marks).toEqual([['-Infinity', '1080'], ['1080', '1080'], ['1080', '1680'], ['1680', '1680']]); // prettier-ignore
  });

  it('have windows once when no lateness is allowed', () => {
    const answers = answersOf(planOf({ kind: 'tumbling', sizeMs: 400 }));
    expect(answers.map(({ windows }) => windows)).toEqual([
      [[0, 0, 400, [0, 20], []]],
      [],
      [[0, 800, 1_200, [50, 60], []]],
      [],
    ]);
    expect(answers.map(({ late }) => late)).toEqual([[], [[0, 10], [0, 5]], [], [[0, 35]]]); // prettier-ignore
  });

  it('have sessions that replace earlier emitted sessions', () => {
    const answers = answersOf(planOf({ kind: 'session', gapMs: 360 }, 2_000));
    expect(answers.map(({ windows }) => windows)).toEqual([
      [[0, 0, 620, [0, 20], []]],
      [[0, -1_085, -725, [5], []], [0, 0, 620, [0, 10, 20], [[0, 620]]]], // prettier-ignore
      [[0, 950, 1_540, [50, 60], []]],
      [[0, 0, 1_540, [0, 10, 20, 35, 50, 60], [[0, 620], [950, 1_540]]]], // prettier-ignore
    ]);
  });

  it('have windows again for allowed late records', () => {
    const answers = answersOf(planOf({ kind: 'sliding', sizeMs: 400, slideMs: 400 }, 1_000));
    expect(answers.map(({ windows }) => windows)).toEqual([
      [[0, 0, 400, [0, 20], []]],
      [[0, 0, 400, [0, 10, 20], [[0, 400]]]],
      [[0, 800, 1_200, [50, 60], []]],
      [[0, 400, 800, [35], []]],
    ]);
    expect(answers.map(({ late }) => late)).toEqual([[], [[0, 5]], [], []]);
  });

  it('have sessions extended by a record', () => {
    const answers = answersOf(planOf({ kind: 'session', gapMs: 300 }));
    expect(answers.map(({ windows }) => windows)).toEqual([
      [[0, 0, 560, [0, 20], []]],
      [],
      [[0, 950, 1_480, [50, 60], []]],
      [],
    ]);
  });
});

/** The promises broken by correct outputs with one change. */
function brokenBy(
  change: (name: string, batchTime: number, output: readonly unknown[]) => readonly unknown[] | undefined,
  skipped: readonly number[] = [],
) {
  const eventTime = planOf({ kind: 'tumbling', sizeMs: 400 });
  const broken = new Set<string>();
  const violated = (promise: string) => void broken.add(promise);
  const ledger = new Ledger(violated);
  for (const batchTime of skipped) ledger.skips(batchTime);
  for (const [batchTime, answer] of eventAnswers(eventTime, streams, history)) {
    for (const part of ['watermarks', 'windows', 'late'] as const) {
      const output = change(part, batchTime, answer[part]);
      if (output !== undefined) ledger.write(EVENT_OUTPUTS[part], batchTime, output);
    }
  }
  const evidence = { plan: { ...drawPlan('1'), streams, eventTime }, sources: [], ledger, violated };
  checkEventTime(evidence, history);
  checkEventTimeIsWhole(evidence, history);
  return [...broken];
}

describe('the check of event time', () => {
  it('accepts the results that follow from the records', () => {
    expect(brokenBy((_part, _batchTime, output) => output)).toEqual([]);
  });

  it.each(['watermarks', 'windows', 'late'])('reports a record missing from the %s (STA-1)', (changed) => {
    expect(brokenBy((part, _batchTime, output) => (part === changed ? output.slice(1) : output))).toEqual([
      'STA-1',
    ]);
  });

  it.each(['watermarks', 'windows', 'late'])('reports a missing batch of the %s (BAT-2)', (changed) => {
    for (const gone of history.batches.keys()) {
      const change = (part: string, batchTime: number, output: readonly unknown[]) =>
        part === changed && batchTime === gone ? undefined : output;
      expect(brokenBy(change)).toEqual(['BAT-2']);
      expect(brokenBy(change, [gone])).toEqual([]);
    }
  });
});
