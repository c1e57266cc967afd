// Tests of the model: the expected results of a few batches are written by hand. The model must also be independent: no
// module of the engine is loaded with the model.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { InputHistory } from '../../src/input-history.ts';
import { ProgramModel } from '../../src/program/model/program-model.ts';
import type { NodeSettings, ProgramNode } from '../../src/program/program-plan.ts';

/** Four batches of one source; a record is its number. */
const numbers = [[0, 1, 6], [2], [], [5, 11]];
const history: InputHistory = {
  batchIntervalMs: 100,
  zeroTime: 0,
  batches: new Map(
    numbers.map((batch, index) => [(index + 1) * 100, [batch.map((number) => [number, 0] as const)]]),
  ),
};

function node(id: ProgramNode['op'], from: readonly string[], set: NodeSettings = {}): ProgramNode {
  return { id, op: id, from, set };
}

const input = node('input', [], { variant: 'pair' });

/** All batches of the last operator; undefined where a batch is missing. */
function batchesOf(...nodes: readonly ProgramNode[]): unknown[] {
  const model = new ProgramModel({ nodes: [input, ...nodes] }, history);
  return [1, 2, 3, 4].map((batch) => model.recordsAt(nodes.at(-1)?.id ?? 'input', batch));
}

describe('the model', () => {
  it('takes inputs as pairs of a key and a number', () => {
    expect(batchesOf()).toEqual([[[0, 0], [1, 1], [1, 6]], [[2, 2]], [], [[0, 5], [1, 11]]]); // prettier-ignore
  });

  it('has windows with the given length and slide', () => {
    expect(batchesOf(node('window', ['input'], { length: 3, slide: 2 }))).toEqual([
      undefined,
      [[0, 0], [1, 1], [1, 6], [2, 2]],
      undefined,
      [[2, 2], [0, 5], [1, 11]],
    ]); // prettier-ignore
  });

  it('keeps keys that have left a window with an inverse function, unless hidden', () => {
    const set = { length: 2, slide: 1 };
    const sums = (hides: boolean) =>
      batchesOf(node('reduceByKeyAndWindowInverse', ['input'], { ...set, hides })).at(2);
    expect(sums(false)).toEqual([[0, 0], [1, 0], [2, 2]]); // prettier-ignore
    expect(sums(true)).toEqual([[2, 2]]);
  });

  it('has windows over windows with an inverse function', () => {
    const below = node('countByWindow', ['input'], { length: 2, slide: 1 });
    expect(batchesOf(below)).toEqual([[3], [4], [1], [2]]);
    expect(batchesOf(below, node('window', ['countByWindow'], { length: 3, slide: 1 }))).toEqual([
      [3],
      [3, 4],
      [3, 4, 1],
      [4, 1, 2],
    ]);
  });

  it('has state that is created, changed and removed', () => {
    const set = { variant: 'quiet', timeout: 1, initialKeys: 1 };
    const mapped = node('mapWithState', ['input'], set);
    // Key 0 has 10 from the beginning. A key goes in the second batch without a record.
    expect(batchesOf(mapped)).toEqual([[], [], [[0, 31], [1, 22]], [[2, 7]]]); // prettier-ignore
    expect(batchesOf(mapped, node('stateSnapshots', ['mapWithState']))).toEqual([
      [[0, 10], [1, 7]],
      [[0, 10], [1, 7], [2, 2]],
      [[2, 2]],
      [[0, 5], [1, 11]],
    ]); // prettier-ignore
  });

  it('has joins with unmatched records', () => {
    const pairs = node('mapValues', ['input'], { variant: 'number', rest: 0 });
    const reduced = node('reduceByKey', ['input'], { combine: 'sum' });
    const joined = node('leftOuterJoin', ['mapValues', 'window']);
    const late = node('window', ['reduceByKey'], { length: 1, slide: 1 });
    expect(batchesOf(pairs, reduced, late, joined).at(3)).toEqual([
      [0, [15, 5]],
      [1, [33, 11]],
    ]);
    const nobody = node('filter', ['input'], { modulus: 1, rest: 0 });
    expect(batchesOf(nobody, node('leftOuterJoin', ['input', 'filter'])).at(1)).toEqual([
      [2, [2, undefined]],
    ]);
    expect(batchesOf(nobody, node('rightOuterJoin', ['input', 'filter'])).at(1)).toEqual([]);
    expect(batchesOf(nobody, node('fullOuterJoin', ['filter', 'input'])).at(1)).toEqual([
      [2, [undefined, 2]],
    ]);
  });

  it('emits event-time windows when the watermark passes, and late records', () => {
    const times = node('assignTimestamps', ['input'], { times: { stepMs: 100, outOfOrdernessMs: 0 } });
    const windows = node('windowsReduceByKey', ['assignTimestamps'], {
      windows: { rule: { kind: 'tumbling', sizeMs: 200 }, allowedLatenessMs: 0 },
      combine: 'sum',
    });
    // 0 happened at 0 ms, 1 at 100, 6 at 600, 2 at 150, 5 (much earlier) at -650, 11 at 1,100: large steps give coarse times.
    expect(batchesOf(times, node('watermarks', ['assignTimestamps']))).toEqual([
      [{ beforeMs: Number.NEGATIVE_INFINITY, afterMs: 600 }],
      [{ beforeMs: 600, afterMs: 600 }],
      [{ beforeMs: 600, afterMs: 600 }],
      [{ beforeMs: 600, afterMs: 1_100 }],
    ]);
    expect(batchesOf(times, windows)).toEqual([
      [[0, { startMs: 0, endMs: 200, value: 0 }], [1, { startMs: 0, endMs: 200, value: 1 }]],
      [],
      [],
      [[1, { startMs: 600, endMs: 800, value: 6 }]],
    ]); // prettier-ignore
    expect(batchesOf(times, windows, node('lateRecords', ['windowsReduceByKey']))).toEqual([
      [],
      [[2, 2]],
      [],
      [[0, 5]],
    ]);
  });

  it('counts records far ahead as late, and keeps the watermark', () => {
    const settings = { stepMs: 100, outOfOrdernessMs: 0, farEvery: 12 };
    const times = node('assignTimestamps', ['input'], { times: settings });
    const windows = node('windowsGroup', ['assignTimestamps'], {
      windows: { rule: { kind: 'tumbling', sizeMs: 200 }, allowedLatenessMs: 0 },
    });
    expect(batchesOf(times, node('watermarks', ['assignTimestamps'])).at(3)).toEqual([
      { beforeMs: 600, afterMs: 600 },
    ]);
    expect(batchesOf(times, node('aheadRecords', ['assignTimestamps'])).at(3)).toEqual([[1, 11]]);
    expect(batchesOf(times, windows, node('lateRecords', ['windowsGroup'])).at(3)).toEqual([
      [1, 11],
      [0, 5],
    ]);
  });

  it('drops duplicates by batch time', () => {
    const keys = node('map', ['input'], { variant: 'pair', rest: 0 });
    const keyOnly = node('mapValues', ['map'], { variant: 'number', rest: 0 });
    const all = batchesOf(keys, keyOnly) as [number, number][][];
    const passed = (within: number) =>
      batchesOf(keys, keyOnly, node('dropDuplicates', ['mapValues'], { variant: 'equal', within }));
    // All records differ, so all pass.
    expect(passed(1)).toEqual(all);
    const twice = node('union', ['mapValues', 'mapValues']);
    const dropped = node('dropDuplicates', ['union'], { variant: 'equal', within: 1 });
    expect(batchesOf(keys, keyOnly, twice, dropped)).toEqual(all);
    const again = node('window', ['mapValues'], { length: 2, slide: 1 });
    const afterwards = node('dropDuplicates', ['window'], { variant: 'equal', within: 1 });
    expect(batchesOf(keys, keyOnly, again, afterwards)).toEqual(all);
  });

  it('drops duplicates by event time, the oldest first, and records that are too old', () => {
    const times = node('assignTimestamps', ['input'], { times: { stepMs: 100, outOfOrdernessMs: 0 } });
    const dropped = (within: number) =>
      batchesOf(
        times,
        node('eventDropDuplicates', ['assignTimestamps'], { variant: 'equal', within }),
        node('records', ['eventDropDuplicates']),
      );
    // The watermark is 600 ms: 2 happened at 150 ms, and 5 at -650 ms.
    expect(dropped(100)).toEqual([[[0, 0], [1, 1], [1, 6]], [], [], [[1, 11]]]); // prettier-ignore
    expect(dropped(450)).toEqual([[[0, 0], [1, 1], [1, 6]], [[2, 2]], [], [[1, 11]]]); // prettier-ignore
  });

  it('joins by event time, and gives values without a partner out once', () => {
    const times = node('assignTimestamps', ['input'], { times: { stepMs: 100, outOfOrdernessMs: 0 } });
    const one = node('eventFilter', ['assignTimestamps'], { modulus: 100, rest: 6 });
    const joined = node('leftOuterJoinWithin', ['assignTimestamps', 'eventFilter'], {
      span: { beforeMs: 0, afterMs: 0 },
    });
    // The watermark is 600 ms, then 1,100 ms. A filter that keeps everything pairs every record with itself.
    expect(batchesOf(times, one, joined)).toEqual([
      [[0, [0, 0]], [1, [1, 1]], [1, [6, 6]]],
      [],
      [],
      [[1, [11, 11]]],
    ]); // prettier-ignore
    expect(batchesOf(times, one, joined, node('lateRecords', ['leftOuterJoinWithin']))).toEqual([
      [],
      [[2, [2, undefined]], [2, [undefined, 2]]],
      [],
      [[0, [5, undefined]], [0, [undefined, 5]]],
    ]); // prettier-ignore
    const none = node('eventFilter', ['assignTimestamps'], { modulus: 1, rest: 0 });
    expect(batchesOf(times, none, joined).map((batch) => (batch as unknown[]).toSorted())).toEqual([
      [[0, [0, undefined]], [1, [1, undefined]]],
      [],
      [],
      [[1, [6, undefined]]],
    ]); // prettier-ignore
  });

  it('does not load the engine', () => {
    const seen = new Set<string>();
    const open = [new URL('../../src/program/model/program-model.ts', import.meta.url)];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file.href)) continue;
      seen.add(file.href);
      const source = readFileSync(file, 'utf8');
      for (const [, what = '', from = ''] of source.matchAll(/^import (type )?[^;]*? from '([^']+)';/gms)) {
        if (what !== '') continue;
        expect(from).not.toMatch(/engine/);
        if (from.startsWith('.')) open.push(new URL(from, file));
      }
    }
    expect(seen.size).toBeGreaterThan(8);
  });
});
