// Outputs that look back by `slice`, after a restart: a slice has the right batches, or none, and never wrong ones.
import { expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import type { DStream } from '../dstream/dstream.ts';
import type { StreamingContext } from './streaming-context.ts';

type Pairs = DStream<[string, number]>;

const add = (a: number, b: number) => a + b;
const inverse = (a: number, b: number) => a - b;
const moving = (pairs: Pairs): Pairs => pairs.reduceByKeyAndWindow(add, 2_000, 1_000, { inverse });
const running = (pairs: Pairs): Pairs =>
  pairs.mapWithState<string, number, number, [string, number]>((key, n, state) => {
    state.update((state.getOption() ?? 0) + (n ?? 0));
    return [key, state.get()];
  });

/** Slices of the last three batches, by batch, over two lives of three batches each. */
async function slices(make: (pairs: Pairs) => Pairs, isRestarted: boolean): Promise<Map<number, string>> {
  const world = new RestartWorld();
  const seen = new Map<number, string>();
  const program = (first: number) => (ssc: StreamingContext) => {
    const batches = [1, 2, 3, 4, 5, 6].map((n): [string, number][] => [['a', n]]);
    const stream = make(ssc.queueStream(batches.slice(first)));
    stream.foreachRDD(async (_rdd, { batchTime }) => {
      const rdds = stream.slice(batchTime - 2_000, batchTime);
      const batchesSeen = await Promise.all(rdds.map((rdd) => rdd.collect()));
      seen.set(batchTime, JSON.stringify(batchesSeen.map((records) => records.map(([, n]) => n))));
    });
  };
  for (const first of isRestarted ? [0, 3] : [0]) {
    const life = world.begin(program(first), { rememberMs: 3_000 });
    await life.ssc.start();
    await world.pass(life, isRestarted ? 3_000 : 6_000);
    await life.ssc.stop();
  }
  return seen;
}

it('slices over restored inputs are complete after a restart', async () => {
  const make = (pairs: Pairs) => pairs.mapValues((n) => n * 10);
  expect(await slices(make, true)).toEqual(await slices(make, false));
});

it.each([
  ['mapWithState', running],
  ['an inverse window over mapWithState', (pairs: Pairs) => moving(running(pairs))],
  ['an inverse window', moving],
  ['a union of both', (pairs: Pairs) => running(pairs).union(moving(pairs)).mapValues((n) => n)], // prettier-ignore
])('slices of %s leave out batches before a restart, without a substitute', async (_, make) => {
  const whole = await slices(make, false);
  const seen = await slices(make, true);
  for (const [batchTime, text] of whole) {
    const batches = JSON.parse(text) as unknown[];
    const madeBefore = batchTime <= 13_000 ? 0 : Math.max(0, 2 - (batchTime - 14_000) / 1_000);
    expect([batchTime, seen.get(batchTime)]).toEqual([batchTime, JSON.stringify(batches.slice(madeBefore))]);
  }
});

it('slices are complete when a window reads the stream as well', async () => {
  const make = (pairs: Pairs) => {
    const sums = moving(running(pairs));
    sums.window(2_000).foreachRDD(() => undefined);
    return sums;
  };
  expect(await slices(make, true)).toEqual(await slices(make, false));
});
