// Skipped batches, from the point of view of every operator that looks back: windows hold the batches that were
// made, state continues from the batch before the gap, and a recovering driver knows the gap from the log or from a
// checkpoint.
import { describe, expect, it } from 'vitest';
import { RestartWorld, type Life } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

const FIRST = 11_000;
const INTERVAL = 1_000;

type Outputs = Map<string, Map<number, number>>;
type Pair = [string, number];

const add = (a: number, b: number) => a + b;
const inverse = (a: number, b: number) => a - b;

/** Every kind of stream that looks back, over numbers of one key. */
function lookingBack(outputs: Outputs, queue: readonly Pair[][]) {
  return (ssc: StreamingContext): void => {
    const input = ssc.queueStream([...queue]);
    const tell = (name: string) => {
      const seen = outputs.get(name) ?? new Map<number, number>();
      outputs.set(name, seen);
      return async (rdd: { collect(): Promise<unknown[]> }, { batchTime }: { batchTime: number }) => {
        const numbers = (await rdd.collect()) as (number | Pair)[];
        const sum = numbers.map((one) => (Array.isArray(one) ? one[1] : one)).reduce(add, 0);
        seen.set(batchTime, sum);
      };
    };
    input.window(3_000, 1_000).foreachRDD(tell('window'));
    input.window(4_000, 2_000).foreachRDD(tell('window slide 2'));
    input.reduceByKeyAndWindow(add, 3_000, 1_000, { inverse }).uid('i1').foreachRDD(tell('inverse'));
    input
      .reduceByKeyAndWindow(add, 4_000, 2_000, { inverse, filter: ([, sum]) => sum !== 0 })
      .uid('i2')
      .foreachRDD(tell('inverse slide 2'));
    const total = input
      .mapWithState((_key: string, number: number | undefined, state) => {
        const sum = (state.exists() ? (state.get() as number) : 0) + (number ?? 0);
        state.update(sum);
        return sum;
      })
      .uid('total');
    total.foreachRDD(tell('state'));
    total.window(3_000, 1_000).foreachRDD(tell('window over state'));
  };
}

/** The expected results of the batches that were made. */
function expected(made: readonly (readonly [number, number])[]): Record<string, [number, number][]> {
  const within = (windowMs: number, slideMs: number): [number, number][] =>
    made
      .filter(([time]) => (time - FIRST + INTERVAL) % slideMs === 0)
      .map(([time]) => [
        time,
        made.filter(([at]) => at > time - windowMs && at <= time).reduce((sum, [, one]) => sum + one, 0),
      ]);
  let sum = 0;
  const totals = made.map(([time, one]): [number, number] => [time, (sum += one)]);
  const totalsWithin = made.map(([time]): [number, number] => [
    time,
    totals.filter(([at]) => at > time - 3_000 && at <= time).reduce((all, [, one]) => all + one, 0),
  ]);
  return {
    window: within(3_000, 1_000),
    'window slide 2': within(4_000, 2_000),
    inverse: within(3_000, 1_000),
    'inverse slide 2': within(4_000, 2_000),
    state: totals,
    'window over state': totalsWithin,
  };
}

function seenIn(outputs: Outputs): Record<string, [number, number][]> {
  const sorted = (seen: Map<number, number>) => [...seen].toSorted(([a], [b]) => a - b);
  return Object.fromEntries([...outputs].map(([name, seen]) => [name, sorted(seen)]));
}

/**
 * The actual and the expected results of a story; without a log the input of earlier batches is gone after a
 * restart.
 */
function resultsOf(story: Story, { hasLog = true }: { readonly hasLog?: boolean }) {
  const isKept = ([name]: [string, unknown]) => hasLog || !['window', 'window slide 2'].includes(name);
  const kept = <T>(all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(isKept));
  return { seen: kept(seenIn(story.outputs)), right: kept(expected(story.made)) };
}

/** Runs lives over one world; each entry of the queue is one batch, with a unique number. */
class Story {
  readonly outputs: Outputs = new Map();
  readonly made: [number, number][] = [];
  readonly world: RestartWorld;
  #life: Life | undefined;
  #next = FIRST;

  constructor(world: RestartWorld) {
    this.world = world;
  }

  async begin(): Promise<void> {
    const rest = Array.from({ length: 40 }, (_, i): Pair[] => [['k', 2 ** (this.made.length + i)]]);
    this.#life = this.world.begin(lookingBack(this.outputs, rest), { batches: { missedBatches: 'skip' } });
    await this.#life.ssc.start();
    await this.world.pass(this.#life, 0);
  }

  /** Passes `count` batches, one after the other. */
  async batches(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await this.world.pass(this.#life, INTERVAL);
      this.#note();
    }
  }

  /** Moves the wall clock forward over `missed` batches; the latest due batch is made. */
  async jump(missed: number): Promise<void> {
    this.#next += missed * INTERVAL;
    await this.world.pass(undefined, (missed + 1) * INTERVAL);
    await this.#life?.clock.setWallTime(this.world.nowMs);
    await this.#life?.clock.advance(0);
    this.#note();
  }

  /** Kills the driver, and lets `missed` batches pass without one; the next driver makes the latest due batch. */
  async die(missed: number): Promise<void> {
    this.world.kill();
    if (missed > 0) {
      this.#next += (missed - 1) * INTERVAL;
      await this.world.pass(undefined, missed * INTERVAL);
    }
    await this.begin();
    if (missed > 0) {
      await this.world.pass(this.#life, 0);
      this.#note();
    }
  }

  async end(): Promise<void> {
    await this.#life?.ssc.stop({ graceful: false });
  }

  #note(): void {
    this.made.push([this.#next, 2 ** this.made.length]);
    this.#next += INTERVAL;
  }
}

const WORLDS = [
  ['a log and checkpoints', {}],
  ['checkpoints alone', { hasLog: false }],
] as const;

describe.each(WORLDS)('skipped batches, with %s', (_, kept) => {
  it.each([1, 2, 3, 4, 5, 9, 100_000_000])('windows and state continue over a gap of %i', async (missed) => {
    const story = new Story(new RestartWorld(kept));
    await story.begin();
    await story.batches(5);
    await story.jump(missed);
    await story.batches(5);
    await story.end();
    const { seen, right } = resultsOf(story, {});
    expect(seen).toEqual(right);
  });

  it.each([1, 2, 3, 4, 7])(
    'a driver knows the gap of its predecessor, %i batches behind it',
    async (behind) => {
      const story = new Story(new RestartWorld(kept));
      await story.begin();
      await story.batches(4);
      await story.jump(2);
      await story.batches(behind - 1);
      await story.die(0);
      await story.batches(5);
      await story.end();
      const { seen, right } = resultsOf(story, kept);
      expect(seen).toEqual(right);
    },
  );

  it.each([2, 3, 6, 1_000_000])(
    'a driver skips the %i batches that passed without a driver',
    async (missed) => {
      const story = new Story(new RestartWorld(kept));
      await story.begin();
      await story.batches(4);
      await story.die(missed);
      await story.batches(3);
      await story.jump(3);
      await story.batches(2);
      await story.die(0);
      await story.batches(3);
      await story.end();
      const { seen, right } = resultsOf(story, kept);
      expect(seen).toEqual(right);
    },
  );
});
