// A table maintained through `replaces` holds each record once, for all kinds of late records: the recipe of the guide,
// against the windows of all records together.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addToWindows, type EventWindow, type OpenWindow, type WindowRule } from './event-window.ts';
import type { Timed } from './timed-record.ts';
import { windowStep } from './window-step.ts';
import { StateStore } from '../state/state-store.ts';

const counting = { create: () => 1, add: (n: number) => n + 1, merge: (a: number, b: number) => a + b };

/** Runs batches of times through the windows of one key; returns every result, and the number of late records. */
async function run(rule: WindowRule, batches: readonly (readonly number[])[], allowedLatenessMs: number) {
  const store = new StateStore<string, readonly OpenWindow<number>[]>(0);
  const step = windowStep<string, number, number>({ rule, allowedLatenessMs, aggregation: counting });
  const results: EventWindow<number>[] = [];
  let [late, beforeMs] = [0, Number.NEGATIVE_INFINITY];
  for (const [index, times] of [...batches, [], [100_000]].entries()) {
    const afterMs = Math.max(beforeMs, ...times);
    const records: [string, Timed<number> | { beforeMs: number; afterMs: number }][] = times.map((atMs) => [
      'k',
      [atMs, 1],
    ]);
    records.push(['watermark', { beforeMs, afterMs }]);
    const [made] = await store.advance(index + 1, async (change) =>
      step({ batchTime: index + 1, operator: 'windows', change, records, pause: () => undefined }),
    );
    for (const [, window] of made?.windows ?? []) results.push(window);
    late += made?.late.length ?? 0;
    beforeMs = afterMs;
  }
  return { results, late };
}

/** The table of the guide; a replaced window has to be present. */
function tableOf(results: readonly EventWindow<number>[]): Map<string, number> {
  const table = new Map<string, number>();
  for (const { startMs, endMs, value, replaces = [] } of results) {
    for (const old of replaces) expect(table.delete(`${old.startMs}-${old.endMs}`)).toBe(true);
    expect(table.has(`${startMs}-${endMs}`)).toBe(false);
    table.set(`${startMs}-${endMs}`, value);
  }
  return table;
}

const batches = fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), { maxLength: 8 });

it.each<readonly [string, WindowRule]>([
  ['sessions', { kind: 'session', gapMs: 5 }],
  ['tumbling windows', { kind: 'fixed', sizeMs: 10, slideMs: 10 }],
  ['sliding windows', { kind: 'fixed', sizeMs: 10, slideMs: 4 }],
])('a table of %s has every record once', async (_, rule) => {
  await fc.assert(
    fc.asyncProperty(batches, async (given) => {
      const { results, late } = await run(rule, given, 1_000);
      expect(late).toBe(0);
      const whole = addToWindows(rule, {
        open: [],
        records: given
          .flat()
          .toSorted((a, b) => a - b)
          .map((atMs): Timed<number> => [atMs, 1]),
        isClosed: () => false,
        aggregation: counting,
      });
      expect(tableOf(results)).toEqual(
        new Map(whole.windows.map(({ startMs, endMs, value }) => [`${startMs}-${endMs}`, value])),
      );
    }),
    { numRuns: 300 },
  );
});

it('a table of sessions counts no record twice where some records are too late', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 0, max: 20 }), async (given, lateness) => {
      const { results, late } = await run({ kind: 'session', gapMs: 5 }, given, lateness);
      let counted = 0;
      for (const value of tableOf(results).values()) counted += value;
      expect(counted).toBe(given.flat().length - late);
    }),
    { numRuns: 300 },
  );
});

it('a session may begin at the time of a forgotten one, and has another end', async () => {
  const { results, late } = await run(
    { kind: 'session', gapMs: 5 },
    [
      [46, 55],
      [46, 47],
    ],
    4,
  );
  expect([late, results.slice(0, 2)]).toEqual([
    0,
    [
      { startMs: 46, endMs: 51, value: 1 },
      { startMs: 46, endMs: 52, value: 2 },
    ],
  ]);
});

it('a session that grows after its emission replaces the emitted session', async () => {
  const { results } = await run({ kind: 'session', gapMs: 5 }, [[0, 8], [20], [4]], 50);
  expect(results.slice(0, 3)).toEqual([
    { startMs: 0, endMs: 5, value: 1 },
    { startMs: 8, endMs: 13, value: 1 },
    {
      startMs: 0,
      endMs: 13,
      value: 3,
      replaces: [
        { startMs: 0, endMs: 5 },
        { startMs: 8, endMs: 13 },
      ],
    },
  ]);
});
