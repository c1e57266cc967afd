// Streams with state under another uid than in the checkpoint: `uid('new', { was: 'old' })` continues their state.
import { describe, expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream, EventTimeStream, State, StreamingContext } from '../index.ts';

type Name = string | readonly [uid: string, was: string | readonly string[]];

/** Names a stream in one of the ways. */
function named<S extends { uid(uid: string, options?: { was?: string | readonly string[] }): S }>(
  stream: S,
  name: Name,
): S {
  return typeof name === 'string' ? stream.uid(name) : stream.uid(name[0], { was: name[1] });
}

const add = (one: number, other: number): number => one + other;
const timed = (numbers: DStream<number>, name: string): EventTimeStream<number> =>
  numbers.assignTimestamps((n) => n).uid(name);

/** The operators that keep something from batch to batch: batches 1 and 2 before a restart, 3 and 4 after. */
const operators: Readonly<Record<string, (numbers: DStream<number>, name: Name) => DStream<unknown>>> = {
  updateStateByKey: (numbers, name) =>
    named(
      numbers.map((n) => ['k', n]).updateStateByKey((values: readonly number[], sum: number | undefined) => values.reduce(add, sum ?? 0)), // prettier-ignore
      name,
    ),
  mapWithState: (numbers, name) =>
    named(
      numbers
        .map((n) => ['k', n])
        .mapWithState((_key, n: number | undefined, state: State<number>) => {
          state.update((state.getOption() ?? 0) + (n ?? 0));
          return state.get();
        }),
      name,
    ),
  dropDuplicates: (numbers, name) =>
    named(numbers.dropDuplicates((n) => n % 3, { withinMs: 3_000 }), name), // prettier-ignore
  'a window with an inverse function': (numbers, name) => named(numbers.countByWindow(3_000), name),
  'a window over state': (numbers, name) =>
    named(numbers.countByWindow(2_000), name).window(3_000), // prettier-ignore
  'state below a window, named afterwards': (numbers, name) => {
    const counts = numbers.countByWindow(2_000);
    const windows = counts.window(3_000);
    named(counts, name);
    return windows;
  },
  'windows of event time': (numbers, name) =>
    named(timed(numbers, 'events').map((n) => ['k', n]).tumbling(30).reduceByKey(add), name), // prettier-ignore
  'a watermark': (numbers, name) =>
    named(numbers.assignTimestamps((n) => n), name).watermarks.map(({ afterMs }) => afterMs), // prettier-ignore
  'a watermark with idle sources': (numbers, name) =>
    named(
      numbers
        .filter((n) => [10, 11, 20].includes(n))
        .assignTimestamps((n) => n, { idleAfterMs: 3_000, idleAdvanceMs: 5_000 }),
      name,
    ).watermarks.map(({ afterMs }) => afterMs),
  'duplicates of event time': (numbers, name) =>
    named(timed(numbers, 'events').dropDuplicates((n) => n % 3, { withinMs: 25 }), name).records, // prettier-ignore
  'a join by event time': (numbers, name) => {
    const pairs = timed(numbers, 'events').map((n): [string, number] => ['k', n]);
    return named(pairs.joinWithin(pairs, { afterMs: 10 }), name);
  },
};

/** Runs programs one after the other, two batches each; returns the records of all batches. */
async function lives(
  programs: readonly ((ssc: StreamingContext, numbers: DStream<number>) => DStream<unknown>)[],
  allowDroppedState = false,
): Promise<unknown[][]> {
  const world = new RestartWorld();
  const queue = [[10], [20, 11], [30], [40, 12], [50], [60]];
  const seen: unknown[][] = [];
  for (const program of programs) {
    const life = world.begin(
      (ssc) =>
        program(ssc, ssc.queueStream(queue)).foreachRDD(async (rdd) => void seen.push(await rdd.collect())),
      { allowDroppedState },
    );
    await life.ssc.start();
    await world.pass(life, 2_000);
    world.kill();
  }
  return seen;
}

describe.each(Object.entries(operators))('%s', (_what, operator) => {
  const program = (name: Name) => (_ssc: StreamingContext, numbers: DStream<number>) =>
    operator(numbers, name);

  it('keeps its state over a rename, and later renames', async () => {
    const same = await lives([program('old'), program('old'), program('old')]);
    expect(await lives([program('old'), program(['new', 'old']), program('new')])).toEqual(same);
    expect(
      await lives([program('old'), program(['new', ['older', 'old']]), program(['newer', ['new', 'old']])]),
    ).toEqual(same);
  });

  it('is refused under another name alone', async () => {
    await expect(lives([program('old'), program('new')])).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_STATE_DROPPED',
    });
  });
});

describe('a former uid', () => {
  const counted = (numbers: DStream<number>, name: Name) =>
    named(numbers.map((n) => ['k', n]).updateStateByKey((values: readonly number[], count: number | undefined) => (count ?? 0) + values.length), name); // prettier-ignore
  const both = (one: Name, other: Name) => (_ssc: StreamingContext, numbers: DStream<number>) =>
    counted(numbers, one).union(counted(numbers, other));
  const alone = (name: Name) => (_ssc: StreamingContext, numbers: DStream<number>) => counted(numbers, name);

  it('is refused when the checkpoint has the present one as well, or two former ones', async () => {
    const ambiguous = expect.objectContaining({
      code: 'MR_CHECKPOINT_UID_AMBIGUOUS',
      message: expect.stringMatching(/one\.state, other\.state/) as string,
    });
    await expect(lives([both('one', 'other'), alone(['one', 'other'])])).rejects.toEqual(ambiguous);
    await expect(lives([both('one', 'other'), alone(['new', ['one', 'other']])])).rejects.toEqual(ambiguous);
  });

  it('gives way to the present one where state may be dropped', async () => {
    // Both count alike; the test is that the program starts and goes on.
    const seen = await lives([both('one', 'other'), alone(['one', 'other'])], true);
    expect(seen.at(-1)).toEqual([['k', 6]]);
  });

  it('does not take the state of another kind of operator', async () => {
    const mapped = (_ssc: StreamingContext, numbers: DStream<number>) =>
      numbers.map((n) => ['k', n]).mapWithState(() => 1).uid('new', { was: 'old' }); // prettier-ignore
    await expect(lives([alone('old'), mapped])).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_STATE_DROPPED',
    });
  });

  it.each([
    ['MR_GRAPH_INVALID_UID', '1-map'],
    ['MR_GRAPH_INVALID_UID', ''],
    ['MR_GRAPH_INVALID_UID', ['a', 5]],
    ['MR_GRAPH_INVALID_UID', null],
    ['MR_GRAPH_INVALID_UID', 7],
    ['MR_GRAPH_INVALID_UID', 'new'],
    ['MR_GRAPH_INVALID_UID', ['a', 'a']],
    ['MR_GRAPH_DUPLICATE_UID', 'taken'],
    ['MR_GRAPH_DUPLICATE_UID', ['a', 'taken']],
  ])('is refused with %s: %o', (code, was) => {
    const world = new StreamFixture();
    world.queue<number>([]).uid('taken');
    const refused = expect.objectContaining({ code }) as Error;
    expect(() => world.queue<number>([]).uid('new', { was: was as string })).toThrow(refused);
    const events = world.queue<number>([]).assignTimestamps((n) => n);
    if (was !== 'taken' && !(Array.isArray(was) && was[1] === 'taken'))
      expect(() => events.uid('new', { was: was as string })).toThrow(refused);
  });

  it('is refused as the uid of another stream, and other options are refused', () => {
    const world = new StreamFixture();
    world.queue<number>([]).uid('new', { was: 'old' });
    expect(() => world.queue<number>([]).uid('old')).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_DUPLICATE_UID' }),
    );
    expect(() => world.queue<number>([]).uid('other', { former: 'x' } as never)).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }),
    );
    expect(() => world.queue<number>([]).uid('other', 'x' as never)).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }),
    );
  });
});
