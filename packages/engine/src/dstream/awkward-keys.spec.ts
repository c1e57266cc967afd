// Unusual keys of every kind through shuffles, joins, windows and state. Each key occurs twice, as equal values that
// share no object, beside a different key of the same look.
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { State } from '../state/state-handle.ts';
import type { DStream } from './dstream.ts';

type Key = unknown;
type Keyed = DStream<readonly [Key, number]>;

/** The name of a key, a maker of the key, and a different key. */
const keys: readonly (readonly [string, () => Key, Key])[] = [
  ['a string', () => ['1', '2'].join(''), 12],
  ['a number', () => 0.5, '0.5'],
  ['a bigint', () => 2n ** 64n, 2 ** 64],
  ['true', () => true, 'true'],
  ['null', () => null, 'null'],
  ['NaN', () => Number('x'), 'NaN'],
  ['the text __proto__', () => ['__', 'proto__'].join(''), 'constructor'],
  ['an object with __proto__', () => JSON.parse('{"__proto__":1}') as Key, {}],
  ['a tuple', () => ['a', 1, [null]], ['a', '1', [null]]],
  [
    'an object of such values',
    () => ({ at: [1, Number.NaN], of: { big: 1n } }),
    { at: [1], of: { big: 1n } },
  ],
];

/** The sum of every key, by each operator that brings the values of a key together over two batches. */
const ways: readonly (readonly [string, (stream: Keyed) => DStream<unknown>])[] = [
  ['reduceByKey', (stream) => stream.window(2_000).reduceByKey(add).map(([, sum]) => sum)],
  ['cogroup', (stream) => stream.window(2_000).cogroup(stream).map(([, [all]]) => all.reduce(add, 0))],
  ['join', (stream) => sumsOf(stream).join(stream.reduceByKey(add)).map(([, [sum]]) => sum)],
  ['a window with an inverse function', (stream) => sumsOf(stream).map(([, sum]) => sum)],
  ['updateStateByKey', (stream) => stream.updateStateByKey(update).map(([, sum]) => sum)],
  ['mapWithState', (stream) => stream.mapWithState(remember).stateSnapshots().map(([, sum]) => sum)],
]; // prettier-ignore

const add = (a: number, b: number) => a + b;
const sumsOf = (stream: Keyed) =>
  stream.reduceByKeyAndWindow(add, 2_000, 1_000, { inverse: (sum, gone) => sum - gone });
const update = (values: readonly number[], sum: number | undefined) => values.reduce(add, sum ?? 0);

function remember(_key: Key, value: number | undefined, state: State<number>): void {
  state.update((state.getOption() ?? 0) + (value ?? 0));
}

/** The result of the second of two batches, when both have `first`, then `second`, and another key. */
async function sums(way: (stream: Keyed) => DStream<unknown>, made: readonly Key[], other: Key) {
  const world = new StreamFixture({ defaultParallelism: 3 });
  const pairs = made.map((key, index): [Key, number][] => [
    [key, 1 + index],
    [other, 10],
  ]);
  // A function of the program makes the keys: input from outside must be plain data.
  const stream = world.queue(pairs.map((_, index) => [index])).flatMap((index) => pairs[index] ?? []);
  const seen = world.record(way(stream));
  await world.run(2);
  return (seen.get(2_000) ?? []).toSorted();
}

describe.each(ways)('%s', (name, way) => {
  it.each(keys)('compares %s by value', async (_name, make, other) => {
    expect(await sums(way, [make(), make()], other)).toEqual([20, 3]);
  });

  it('compares half of a surrogate pair by value, but refuses such state', async () => {
    const made = () => '\u{1F600}'.slice(0, 1);
    const result = sums(way, [made(), made()], '\ufffd');
    if (!name.includes('State')) expect(await result).toEqual([20, 3]);
    else
      await expect(result).rejects.toThrow(
        expect.objectContaining({
          code: 'MR_RDD_TASK_FAILED',
          cause: expect.objectContaining({ code: 'MR_STATE_VALUE_UNSUPPORTED' }) as unknown,
        }),
      );
  });

  it('treats -0 as 0', async () => {
    expect(await sums(way, [0, -0], '0')).toEqual([20, 3]);
  });
});
