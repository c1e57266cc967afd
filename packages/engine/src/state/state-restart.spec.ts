import { describe, expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from '../context/streaming-context.ts';
import type { State } from './state-handle.ts';
import type { StateSpec } from './state-spec.ts';

/** A program that counts words of a queue; the states of its last batch are in `states`. */
class Counting {
  readonly queue: string[][] = [];
  states: unknown[] = [];

  program(spec: StateSpec<string, unknown> = {}, names: { readonly uid?: string } = {}) {
    return (ssc: StreamingContext): void => {
      const stream = ssc
        .queueStream(this.queue)
        .map((word): [string, number] => [word, 1])
        .mapWithState(
          (_word, _one, state: State<unknown>) => state.update(Number(state.getOption() ?? 0) + 1),
          spec,
        );
      if (names.uid !== undefined) stream.uid(names.uid);
      stream.stateSnapshots().foreachRDD(async (rdd) => {
        this.states = (await rdd.collect()).toSorted(([a], [b]) => (a < b ? -1 : 1));
      });
    };
  }
}

/** One life that counts `words` in a batch of its own and then stops. */
async function live(world: RestartWorld, counting: Counting, ...program: Parameters<Counting['program']>) {
  const life = world.begin(counting.program(...program));
  await life.ssc.start();
  await world.pass(life, 2_000);
  await life.ssc.stop();
  return counting.states;
}

async function worldWithState(): Promise<{ world: RestartWorld; counting: Counting }> {
  const world = new RestartWorld();
  const counting = new Counting();
  counting.queue.push(['a', 'b', 'a', 'c']);
  await live(world, counting);
  return { world, counting };
}

describe('state after a restart', () => {
  it('continues from the last checkpoint (STA-1)', async () => {
    const { world, counting } = await worldWithState();
    counting.queue.push(['a', 'd']);
    expect(await live(world, counting)).toEqual([
      ['a', 3],
      ['b', 1],
      ['c', 1],
      ['d', 1],
    ]);
  });

  it('does not begin with the initial state again', async () => {
    const { world, counting } = await worldWithState();
    expect(await live(world, counting, { initialState: [['z', 100]] })).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('finds its partitions when their number has changed', async () => {
    const { world, counting } = await worldWithState();
    for (const partitions of [7, 1, 3]) {
      counting.queue.push(['a']);
      await live(world, counting, { partitions });
    }
    expect(counting.states).toEqual([
      ['a', 5],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('survives a driver that repartitions the state and dies at once (STA-1)', async () => {
    const { world, counting } = await worldWithState();
    const brief = world.begin(counting.program({ partitions: 7 }));
    await brief.ssc.start();
    world.kill();
    expect(await live(world, counting, { partitions: 7 })).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('is migrated to a newer schema by migrate', async () => {
    const { world, counting } = await worldWithState();
    const migrate = (state: unknown, fromVersion: number) => Number(state) * 10 + fromVersion;
    expect(await live(world, counting, { schemaVersion: 2, migrate })).toEqual([
      ['a', 21],
      ['b', 11],
      ['c', 11],
    ]);
    expect(await live(world, counting, { schemaVersion: 2 })).toEqual([
      ['a', 21],
      ['b', 11],
      ['c', 11],
    ]);
  });

  it('is refused with another schema version, and the error names both versions', async () => {
    const { world, counting } = await worldWithState();
    const newer = world.begin(counting.program({ schemaVersion: 3 }));
    await expect(newer.ssc.start()).rejects.toMatchObject({
      code: 'MR_STATE_VERSION_UNKNOWN',
      details: { kept: 1, present: 3 },
    });
  });

  it('is refused when its operator is gone, unless state may be dropped', async () => {
    const { world, counting } = await worldWithState();
    const renamed = world.begin(counting.program({}, { uid: 'other' }));
    await expect(renamed.ssc.start()).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_STATE_DROPPED',
      details: { dropped: ['2-mapWithStateState'] },
    });
    counting.queue.push(['new']);
    const dropping = world.begin(counting.program({}, { uid: 'other' }), { allowDroppedState: true });
    await dropping.ssc.start();
    await world.pass(dropping, 2_000);
    await dropping.ssc.stop();
    expect(counting.states).toEqual([['new', 1]]);
  });

  it('needs checkpoints, a log alone is refused', async () => {
    const world = new RestartWorld({ hasCheckpoints: false });
    const life = world.begin(new Counting().program());
    await expect(life.ssc.start()).rejects.toMatchObject({ code: 'MR_CHECKPOINT_NEEDED' });
  });

  it('is restored from the previous checkpoint when a part of the newest cannot be read', async () => {
    const { world, counting } = await worldWithState();
    // Each batch writes a part, so that the last part belongs to the newest checkpoint alone.
    counting.queue.push(['a'], ['b']);
    await live(world, counting);
    const newest = Math.max(...(await world.checkpoints.listParts()));
    await world.checkpoints.removePart(newest);
    // The batch that the older checkpoint lacks runs again, with its logged input.
    expect(await live(world, counting)).toEqual([
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ]);
  });
});
