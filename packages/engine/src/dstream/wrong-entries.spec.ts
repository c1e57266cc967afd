// Wrong queue entries, slice times and uids from untyped code.
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from '../context/streaming-context.ts';

function make() {
  const { plugin, clock } = virtualPorts();
  const batches = { maxAttempts: 2, retryDelayMs: 1 };
  const ssc = new StreamingContext({ appName: 'app', batchIntervalMs: 1_000, batches, plugins: [plugin] });
  return { ssc, clock };
}

const invalid = (text: string) =>
  expect.objectContaining({
    code: 'MR_GRAPH_INVALID_ARGUMENT',
    message: expect.stringContaining(text) as string,
  }) as Error;

describe('an entry of a queue', () => {
  const wrong = ['a record', 5, null, undefined, { length: 1, 0: 'a' }, Promise.resolve([1])];

  it.each(wrong)('is refused where the stream is made when it is %o', (entry) => {
    expect(() => make().ssc.queueStream([[1], entry as never])).toThrow(invalid('entry of the queue'));
  });

  it.each(wrong.filter((entry) => entry !== undefined))('is refused as the default: %o', (entry) => {
    expect(() => make().ssc.queueStream([], { defaultEntry: entry as never })).toThrow(
      invalid('entry of the queue'),
    );
  });

  it.each(wrong)('fails its batch when it is pushed later, and no later entry takes its place: %o', async (entry) => {
    const { ssc, clock } = make();
    const queue: number[][] = [[1]];
    const seen: number[] = [];
    ssc.queueStream(queue).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    const ended = ssc.awaitTermination().then(
      () => undefined,
      (error: unknown) => error,
    );
    await ssc.start();
    queue.push(entry as never, [2]);
    await clock.advance(3_500);
    await settle();
    expect(await ended).toMatchObject({ code: 'MR_BATCH_FAILED' });
    expect(seen).toEqual([1]);
  }); // prettier-ignore
});

it.each([
  [Number.NaN, 2_000, 'from'],
  [1_000, Number.NaN, 'to'],
  ['1000', 2_000, 'from'],
  [1_000, undefined, 'to'],
  [new Date(1_000), 2_000, 'from'],
])('slice refuses an invalid time: %o to %o', async (from, to, name) => {
  const { ssc, clock } = make();
  const stream = ssc.queueStream([[1], [2]]);
  const refusals: unknown[] = [];
  stream.foreachRDD(() => {
    try {
      stream.slice(from as never, to as never);
    } catch (error) {
      refusals.push(error);
    }
  });
  await ssc.start();
  await clock.advance(1_000);
  await settle();
  await ssc.stop({ graceful: false });
  expect(refusals).toEqual([invalid(`${name} of slice`)]);
});

it.each([null, undefined, 5n, true, ['a'], Symbol('a')])('a uid must be text, and not %o', (uid) => {
  expect(() =>
    make()
      .ssc.queueStream([[1]])
      .uid(uid as never),
  ).toThrow(expect.objectContaining({ code: 'MR_GRAPH_INVALID_UID' }) as Error);
});
