import { describe, expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

const add = (a: number, b: number) => a + b;
const subtract = (a: number, b: number) => a - b;

/** Counts the words of a queue over a window; records the counts in the map, by batch time. */
function counting(
  seen: Map<number, string>,
  queue: readonly string[][],
  span: { readonly windowMs?: number; readonly slideMs?: number; readonly uid?: string } = {},
) {
  const { windowMs = 3_000, slideMs = 1_000, uid = 'counts' } = span;
  return (ssc: StreamingContext): void => {
    ssc
      .queueStream([...queue])
      .map((word) => [word, 1])
      .reduceByKeyAndWindow(add, windowMs, slideMs, { inverse: subtract })
      .uid(uid)
      .foreachRDD(async (rdd, { batchTime }) => {
        const pairs = await rdd.collect();
        seen.set(batchTime, pairs.map(([word, count]) => `${word}${count}`).toSorted().join(' ')); // prettier-ignore
      });
  };
}

/** Runs a first life over these batches and kills it. */
async function firstLife(world: RestartWorld, queue: readonly string[][]): Promise<Map<number, string>> {
  const seen = new Map<number, string>();
  const life = world.begin(counting(seen, queue));
  await life.ssc.start();
  await world.pass(life, queue.length * 1_000);
  world.kill();
  return seen;
}

describe('a window with an inverse function after a restart', () => {
  it('is complete even when no input is kept (STA-1)', async () => {
    const world = new RestartWorld({ hasLog: false });
    const seen = await firstLife(world, [['a'], ['b'], ['a', 'c']]);
    const second = world.begin(counting(seen, [['b'], [], []]));
    await second.ssc.start();
    await world.pass(second, 3_000);
    await second.ssc.stop();
    expect([...seen.values()]).toEqual(['a1', 'a1 b1', 'a2 b1 c1', 'a1 b2 c1', 'a1 b1 c1', 'a0 b1 c0']);
  });

  it('may have another number of partitions', async () => {
    const world = new RestartWorld({ hasLog: false });
    const seen = await firstLife(world, [['a', 'b', 'c', 'd'], ['e']]);
    const second = world.begin(counting(seen, [['a'], ['x']]), { defaultParallelism: 5 });
    await second.ssc.start();
    await world.pass(second, 2_000);
    await second.ssc.stop();
    expect([seen.get(13_000), seen.get(14_000)]).toEqual(['a2 b1 c1 d1 e1', 'a1 b0 c0 d0 e1 x1']);
  });

  it('survives lives without a batch', async () => {
    const world = new RestartWorld({ hasLog: false });
    const seen = await firstLife(world, [['a'], ['b']]);
    for (let life = 0; life < 3; life += 1) await firstLife(world, []);
    const last = world.begin(counting(seen, [['c']]));
    await last.ssc.start();
    await world.pass(last, 1_000);
    await last.ssc.stop();
    expect(seen.get(13_000)).toBe('a1 b1 c1');
  });

  it.each([
    [{ windowMs: 4_000 }, '3000 ms long every 1000 ms, of batches every 1000 ms, but now it is 4000 ms long'],
    [{ slideMs: 2_000 }, 'but now it is 3000 ms long every 2000 ms'],
  ])('is refused with %j, naming both', async (span, message) => {
    const world = new RestartWorld();
    await firstLife(world, [['a'], ['b']]);
    const { ssc } = world.begin(counting(new Map(), [], span));
    await expect(ssc.start()).rejects.toMatchObject({
      code: 'MR_GRAPH_WINDOW_CHANGED',
      message: expect.stringContaining(message),
    });
  });

  it('begins anew under another uid, when that is allowed', async () => {
    const world = new RestartWorld({ hasLog: false });
    await firstLife(world, [['a'], ['b']]);
    const other = { windowMs: 4_000, uid: 'longer' };
    const refused = world.begin(counting(new Map(), [], other));
    await expect(refused.ssc.start()).rejects.toMatchObject({ code: 'MR_CHECKPOINT_STATE_DROPPED' });
    const seen = new Map<number, string>();
    const allowed = world.begin(counting(seen, [['c']], other), { allowDroppedState: true });
    await allowed.ssc.start();
    await world.pass(allowed, 1_000);
    await allowed.ssc.stop();
    expect([...seen.values()]).toEqual(['c1']);
  });
});
