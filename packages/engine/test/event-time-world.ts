// Programs with event time in a world with dying drivers: records written as `key@time`, batches in queues that
// outlive the driver, and all results of windows, late records and watermarks as text, by batch.
import { expect } from 'vitest';
import type { EventTimeStream, EventWindow, EventWindowDStream, StreamingContext, TimestampOptions } from '../src/index.ts'; // prettier-ignore
import { RestartWorld } from './restart-world.ts';

/** A record: its key, its time, and its original text. */
export interface Happening {
  readonly key: string;
  readonly atMs: number;
}

/** The results of windows: per key and window the times of its records. */
export type TimesByWindow = EventWindowDStream<[string, EventWindow<number[]>], [string, number]>;

/** A program described by a test. */
export interface EventTimeProgram {
  /** The batches of each source, each of records `key@time` with spaces between; empty: a batch without records. */
  readonly sources: readonly (readonly string[])[];
  /** The options of each source; the last entry also applies to all further sources. */
  readonly options?: readonly TimestampOptions[];
  readonly windows: (events: EventTimeStream<[string, number]>) => TimesByWindow;
  /** Number of partitions of the queues and the windows. */
  readonly partitions?: number;
}

/** The results of one batch, as text. */
export interface BatchTexts {
  readonly windows: string;
  readonly late: string;
  readonly watermark: string;
}

/** A death of the driver: after this number of batches, and for this time. */
export interface Death {
  readonly afterBatches: number;
  readonly downMs?: number;
}

/** Runs a program to the end of its queues, with or without deaths on the way. */
export async function runEventTime(
  program: EventTimeProgram,
  deaths: readonly Death[] = [],
): Promise<BatchTexts[]> {
  const world = new RestartWorld();
  const queues = program.sources.map((batches) => batches.map(happenings));
  const seen = new Map<number, Partial<BatchTexts>>();
  const define = (ssc: StreamingContext) => definition(ssc, { program, queues, seen });
  let left = Math.max(...queues.map((queue) => queue.length));
  let done = 0;
  for (const { afterBatches, downMs = 0 } of deaths) {
    const life = world.begin(define);
    await life.ssc.start();
    const batches = Math.max(0, Math.min(left, afterBatches - done));
    await world.pass(life, batches * 1_000);
    world.kill();
    await world.pass(undefined, downMs);
    done += batches + downMs / 1_000;
    left -= batches + downMs / 1_000;
  }
  const last = world.begin(define);
  await last.ssc.start();
  await world.pass(last, Math.max(0, left) * 1_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return textsOf(seen);
}

/** Batch times without a batch, which the driver skips. */
export interface Gap {
  /** Number of made batches before the gap. */
  readonly afterBatches: number;
  readonly missed: number;
  /** True: the driver dies. False: its wall clock goes forward. */
  readonly dies: boolean;
}

/**
 * Runs a program to the end of its queues with `missedBatches: 'skip'`: each entry of a queue is one made batch.
 */
export async function runOverGaps(program: EventTimeProgram, gaps: readonly Gap[]): Promise<BatchTexts[]> {
  const world = new RestartWorld();
  const queues = program.sources.map((batches) => batches.map(happenings));
  const all = Math.max(...queues.map((queue) => queue.length));
  const seen = new Map<number, Partial<BatchTexts>>();
  const begin = async () => {
    const options = { batches: { missedBatches: 'skip' as const } };
    const begun = world.begin((ssc) => definition(ssc, { program, queues, seen }), options);
    await begun.ssc.start();
    await world.pass(begun, 0);
    return begun;
  };
  let life = await begin();
  let made = 0;
  for (const { afterBatches, missed, dies } of gaps) {
    await world.pass(life, (afterBatches - made) * 1_000);
    if (dies) world.kill();
    // The latest due batch is made.
    await world.pass(undefined, (missed + 1) * 1_000);
    if (dies) life = await begin();
    else {
      await life.clock.setWallTime(world.nowMs);
      await life.clock.advance(0);
    }
    made = afterBatches + 1;
  }
  await world.pass(life, (all - made) * 1_000);
  expect((await life.ssc.stop()).isClean).toBe(true);
  return textsOf(seen);
}

function textsOf(seen: ReadonlyMap<number, Partial<BatchTexts>>): BatchTexts[] {
  return [...seen]
    .toSorted(([a], [b]) => a - b)
    .map(([, { windows = '?', late = '?', watermark = '?' }]) => ({ windows, late, watermark }));
}

/** `a@1 b@2` as records. */
export function happenings(text: string): Happening[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [key = '', at = ''] = part.split('@');
      return { key, atMs: Number(at) };
    });
}

/** A window as text: `a[0,10)=1,5`. */
export function windowText([key, { startMs, endMs, value }]: readonly [
  string,
  EventWindow<readonly number[]>,
]): string {
  return `${key}[${startMs},${endMs})=${value.join(',')}`;
}

function definition(
  ssc: StreamingContext,
  work: {
    readonly program: EventTimeProgram;
    readonly queues: Happening[][][];
    readonly seen: Map<number, Partial<BatchTexts>>;
  },
): void {
  const { windows, options = [], partitions } = work.program;
  const [first, ...others] = work.queues.map((queue, index) =>
    ssc
      .queueStream(queue, partitions === undefined ? {} : { partitions })
      .assignTimestamps(({ atMs }) => atMs, options[index] ?? options.at(-1) ?? {}),
  );
  if (first === undefined) throw new Error('a program needs a source');
  const all = others.length === 0 ? first : first.union(...others);
  const events = all.uid('events').map(({ key, atMs }) => [key, atMs]);
  const results = windows(events).uid('windows');
  const note = (time: number, texts: Partial<BatchTexts>) => {
    const known = work.seen.get(time) ?? {};
    // A repeated batch must give the same result (BAT-4).
    for (const [name, text] of Object.entries(texts))
      expect(known[name as keyof BatchTexts] ?? text).toBe(text);
    work.seen.set(time, { ...known, ...texts });
  };
  results.foreachRDD(async (rdd, { batchTime }) =>
    note(batchTime, { windows: (await rdd.collect()).map(windowText).toSorted().join(' ') }),
  );
  results.lateRecords().foreachRDD(
    async (rdd, { batchTime }) =>
    note(batchTime, { late: (await rdd.collect()).map((record) => record.join('@')).toSorted().join(' ') }), // prettier-ignore
  );
  events.watermarks.foreachRDD(async (rdd, { batchTime }) =>
    note(batchTime, { watermark: (await rdd.collect()).map(({ afterMs }) => afterMs).join(' ') }),
  );
}
