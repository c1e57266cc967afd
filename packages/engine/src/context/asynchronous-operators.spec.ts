// Programs with asynchronous operators, as whole engines under virtual time: before and behind windows, state, event time
// and shuffles; batches that run again; stops and failures while calls are under way.
import { type DeadLetter, isMillraceError } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import type { AsyncCall } from '../rdd/async-calls.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

function world(
  options: Partial<Pick<StandaloneContextOptions, 'onRecordError' | 'deadLetters'>> & {
    readonly maxAttempts?: number;
  } = {},
) {
  const { maxAttempts, ...others } = options;
  const { plugin, clock } = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'calls',
    batchIntervalMs: 1_000,
    batches: { maxAttempts: maxAttempts ?? 1 },
    ...others,
    tasks: { maxFailures: 1 },
    defaultParallelism: 2,
    plugins: [plugin],
  });
  const after = async <R>(delayMs: number, signal: AbortSignal, result: R): Promise<R> => {
    await clock.sleepFor(delayMs, signal);
    return result;
  };
  return { ssc, clock, after };
}

/** Collects every batch of a stream. */
function recorded<T>(stream: DStream<T>): T[][] {
  const batches: T[][] = [];
  stream.foreachRDD(async (rdd) => void batches.push(await rdd.collect()));
  return batches;
}

describe('results flow on', () => {
  it('into windows, state, shuffles and event time, and out of them', async () => {
    const { ssc, clock, after } = world();
    const numbers = ssc.queueStream([[1, 2, 3], [4, 5], [6]], { partitions: 2 });
    const slow = numbers.mapAsync((n, { signal }) => after(n * 10, signal, n), { concurrency: 2 });
    const pairs = slow.map((n) => [n % 2, n]).mapValuesAsync(async (n) => n * 100);
    const windows = recorded(slow.window(2_000).filterAsync(async (n) => n !== 2));
    const sums = recorded(pairs.reduceByKey((a, b) => a + b).flatMapAsync(async ([key, sum]) => [key, sum]));
    const totals = recorded(
      pairs
        .updateStateByKey((values: readonly number[], state: number | undefined) =>
          values.reduce((a, b) => a + b, state ?? 0),
        )
        .mapAsync(async ([key, total]) => `${key}: ${total}`),
    );
    const timed = recorded(
      numbers
        .assignTimestamps((n) => n * 1_000)
        .mapAsync(async (n) => ['all', n])
        .filterAsync(async ([, n]) => n > 1)
        .flatMapAsync(async (pair) => [pair, pair])
        .tumbling(2_000)
        .reduceByKey((a, b) => a + b),
    );
    await ssc.start();
    await clock.advance(3_900);
    await ssc.stop();
    expect(windows).toEqual([[1, 3], [1, 3, 4, 5], [4, 5, 6]]); // prettier-ignore
    expect(sums.map((batch) => batch.toSorted((a, b) => a - b))).toEqual([[0, 1, 200, 400], [0, 1, 400, 500], [0, 600]]); // prettier-ignore
    expect(totals.map((batch) => batch.toSorted())).toEqual([['0: 200', '1: 400'], ['0: 600', '1: 900'], ['0: 1200', '1: 900']]); // prettier-ignore
    expect(timed.flat().map(([, { startMs, value }]) => [startMs, value])).toEqual([[2_000, 10], [4_000, 18]]); // prettier-ignore
    expect(clock.pendingTimers).toBe(0);
  });

  it('once for all readers of a persisted stream', async () => {
    const { ssc, clock } = world();
    let calls = 0;
    const looked = ssc.queueStream([[1, 2, 3]]).mapAsync(async (n) => (calls++, n)).persist(); // prettier-ignore
    const [one, two] = [recorded(looked), recorded(looked.filter((n) => n > 1))];
    await ssc.start();
    await clock.advance(1_500);
    await ssc.stop();
    expect([one[0], two[0], calls]).toEqual([[1, 2, 3], [2, 3], 3]);
  });
});

describe('identities', () => {
  it('name application, batch, uid, partition and place, and stay when a batch runs again', async () => {
    const { ssc, clock } = world({ maxAttempts: 3 });
    const keys: string[] = [];
    let failures = 0;
    const looked = ssc
      .queueStream([['a', 'b', 'c']], { partitions: 2 })
      .mapAsync(async (text, { batch }) => (keys.push(`${batch.key} ${text}`), text))
      .uid('users');
    looked.foreachRDD(async (rdd) => {
      await rdd.collect();
      failures += 1;
      if (failures === 1) throw new Error('the sink is down');
    });
    await ssc.start();
    await clock.advance(1_900);
    await ssc.stop();
    const once = ['calls/11000/users/0/0 a', 'calls/11000/users/1/0 b', 'calls/11000/users/1/1 c'];
    expect(keys.toSorted()).toEqual([...once, ...once].toSorted());
  });
});

describe('records whose calls fail', () => {
  it.each([true, false])(
    'are left out in their order, with the error of their last attempt (ordered: %s)',
    async (ordered) => {
      const letters: DeadLetter[] = [];
      const { ssc, clock, after } = world({
        onRecordError: 'dead-letter',
        deadLetters: { name: 'letters', capabilities: { delivery: 'effectively-once' }, write: async (all) => void letters.push(...all) }, // prettier-ignore
      });
      const calls: number[] = [];
      const looked = ssc.queueStream([[5, 4, 3, 2, 1, 0]]).assignTimestamps((n) => n).mapAsync(
        async (n, { signal, attempt }) => {
          calls.push(n);
          if (n === 1) return new Promise<number>(() => undefined);
          if (n === 2 && attempt === 0) throw new Error('passes');
          await after(n * 10, signal, n);
          if (n > 3) throw new Error(`no ${n}`);
          return n;
        },
        { ordered, timeoutMs: 300 },
      ).records; // prettier-ignore
      const batches = recorded(looked);
      await ssc.start();
      await clock.advance(3_000);
      await ssc.stop();
      expect(batches[0]?.toSorted()).toEqual([0, 2, 3]);
      expect(letters.map(({ record, reason }) => [record, reason])).toEqual([
        ['5', expect.stringContaining('no 5')],
        ['4', expect.stringContaining('no 4')],
        ['1', expect.stringContaining('took longer than 300 ms')],
      ]);
      expect(letters[0]).toMatchObject({ operator: 'mapAsync', partition: 0, error: { message: 'no 5' } });
      expect([5, 4, 3, 2, 1, 0].map((n) => calls.filter((called) => called === n).length)).toEqual([2, 2, 1, 2, 2, 1]); // prettier-ignore
    },
  );
});

describe('ends', () => {
  /** A program whose calls take a second, and the signals of the calls. */
  function slowProgram() {
    const { ssc, clock, after } = world();
    const signals: AbortSignal[] = [];
    const looked = ssc.queueStream([[1, 2, 3]]).mapAsync((n, { signal }: AsyncCall) => {
      signals.push(signal);
      return after(1_000, signal, n);
    });
    return { ssc, clock, signals, looked, batches: recorded(looked) };
  }

  it('a graceful stop waits for the calls of its batches', async () => {
    const { ssc, clock, signals, batches } = slowProgram();
    await ssc.start();
    await clock.advance(1_100);
    const stopped = ssc.stop();
    await clock.advance(2_000);
    await stopped;
    expect([batches[0], signals.map(({ aborted }) => aborted)]).toEqual([[1, 2, 3], [false, false, false]]); // prettier-ignore
    expect(clock.pendingTimers).toBe(0);
  });

  it('an immediate stop aborts them', async () => {
    const { ssc, clock, signals, batches } = slowProgram();
    await ssc.start();
    await clock.advance(1_100);
    await ssc.stop({ graceful: false });
    expect([batches, signals.map(({ aborted }) => aborted)]).toEqual([[], [true, true, true]]);
    await settle();
    expect(clock.pendingTimers).toBe(0);
    expect(ssc.holdings().underWay['tasks.calls']).toBe(0);
  });

  it('a batch that fails in another output ends with its engine', async () => {
    const { ssc, clock, signals, looked } = slowProgram();
    looked.map((n) => n).foreachRDD(() => Promise.reject(new Error('the sink is down')));
    const ended = ssc.awaitTermination().catch((error: unknown) => error);
    await ssc.start();
    await clock.advance(1_500);
    await clock.advance(5_000);
    expect(isMillraceError(await ended, 'MR_BATCH_FAILED')).toBe(true);
    expect(signals.length).toBeGreaterThan(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('mistakes', () => {
  it.each([
    ['a number as function', (s: DStream<number>) => s.mapAsync(7 as never), 'MR_GRAPH_INVALID_ARGUMENT'],
    ['no calls at all', (s: DStream<number>) => s.filterAsync(async () => true, { concurrency: 0 }), 'MR_CONFIG_INVALID_OPTION'], // prettier-ignore
    ['an unknown option', (s: DStream<number>) => s.mapAsync(async (n) => n, { retries: 3 } as never), 'MR_CONFIG_INVALID_OPTION'], // prettier-ignore
    ['a time-out of 0', (s: DStream<number>) => s.assignTimestamps((n) => n).mapAsync(async (n) => n, { timeoutMs: 0 }), 'MR_CONFIG_INVALID_OPTION'], // prettier-ignore
  ])('%s is refused when the operator is defined', (_what, program, code) => {
    const { ssc } = world();
    const numbers = ssc.queueStream([[1]]);
    expect(() => program(numbers)).toThrow(expect.objectContaining({ code }));
  });
});
