// Windows of event time over skipped batches (`missedBatches: 'skip'`): the result follows from the records of the
// batches that are made, and a gap of batch time is silence to a source that can be idle.
import { describe, expect, it } from 'vitest';
import {
  type BatchTexts,
  type EventTimeProgram,
  type Gap,
  runEventTime,
  runOverGaps,
} from '../../test/event-time-world.ts';

const BATCHES = [
  'a@3 b@8',
  'a@12 a@1',
  'b@14 a@27',
  '',
  'a@22 b@31 a@2',
  'b@45',
  'a@44 a@29',
  'a@70 b@58',
  'a@90',
];

const programs: readonly (readonly [string, EventTimeProgram])[] = [
  [
    'tumbling windows',
    {
      sources: [BATCHES],
      options: [{ outOfOrdernessMs: 6 }],
      windows: (events) => events.tumbling(10).groupByKey(),
    },
  ],
  [
    'sliding windows with late records',
    {
      sources: [BATCHES],
      partitions: 2,
      windows: (events) => events.sliding(20, 5).allowedLateness(15).groupByKey(),
    },
  ],
  [
    'sessions of two sources',
    {
      sources: [BATCHES, BATCHES.toReversed()],
      options: [{ outOfOrdernessMs: 4 }],
      windows: (events) => events.session(6).allowedLateness(10).groupByKey(),
    },
  ],
];

const gaps: readonly (readonly [string, readonly Gap[]])[] = [1, 3, 1_000].flatMap((missed) => [
  [`the clock goes on by ${missed}`, [{ afterBatches: 3, missed, dies: false }]] as const,
  [`nobody runs for ${missed}`, [{ afterBatches: 3, missed, dies: true }]] as const,
  [
    `a gap of ${missed}, a death in the batch behind it, and another gap`,
    [
      { afterBatches: 2, missed, dies: false },
      { afterBatches: 3, missed: 2, dies: true },
      { afterBatches: 5, missed, dies: true },
    ],
  ] as const,
]);

describe.each(programs)('%s', (_, program) => {
  let withoutGaps: Promise<BatchTexts[]> | undefined;

  it.each(gaps)('emit the same when batches are skipped: %s', async (_how, where) => {
    const right = await (withoutGaps ??= runEventTime(program));
    expect(right).toHaveLength(BATCHES.length);
    expect(right.some(({ windows }) => windows !== '')).toBe(true);
    expect(await runOverGaps(program, where)).toEqual(right);
  });
});

describe.each([false, true])('a source that can be idle, and a gap in which the driver dies: %s', (dies) => {
  const program = (batches: readonly string[]): EventTimeProgram => ({
    sources: [batches],
    options: [{ idleAfterMs: 2_000, idleAdvanceMs: 10 }],
    windows: (events) => events.tumbling(10).groupByKey(),
  });
  const texts = async (batches: readonly string[]) =>
    (await runOverGaps(program(batches), [{ afterBatches: 1, missed: 5, dies }])).map(
      ({ windows, late, watermark }) => `${windows} | ${late} | ${watermark}`,
    );

  it('continues when the first batch after the gap has records', async () => {
    expect(await texts(['a@5', 'a@8', 'a@11'])).toEqual([' |  | 5', ' |  | 8', 'a[0,10)=5,8 |  | 11']);
  });

  it('counts the gap as silence when that batch has none', async () => {
    expect(await texts(['a@5', '', 'a@8'])).toEqual([' |  | 5', 'a[0,10)=5 |  | 15', ' | a@8 | 15']);
  });
});
