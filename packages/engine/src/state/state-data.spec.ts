// State that is not data fails the batch that makes it, at once and by name, whether or not any checkpoint is ever
// written.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext, type StandaloneContextOptions, type State } from '../index.ts';

class Money {
  readonly amount = 1;
}

const circle: unknown[] = [];
circle.push(circle);

const BAD: readonly (readonly [string, unknown, string])[] = [
  ['a class instance', new Money(), 'state'],
  ['a function inside', { on: [() => 1] }, 'state.on[0]'],
  ['half of a surrogate pair', 'cut \ud83d', 'state'],
  ['a symbol', Symbol('s'), 'state'],
  ['a circle', circle, 'state'],
];

const WITHOUT = {};
const WITH = { checkpointDirectory: '/checkpoints' };

async function run(
  define: (ssc: StreamingContext, seen: unknown[][]) => void,
  options: Partial<StandaloneContextOptions>,
  seconds = 4,
) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'test',
    batchIntervalMs: 1_000,
    plugins: [world.plugin],
    batches: { onBatchFailure: 'skip' },
    ...options,
  });
  const seen: unknown[][] = [];
  define(ssc, seen);
  const outcomes: unknown[] = [];
  const attempts: number[] = [];
  ssc.on('batch:completed', ({ batch }) => {
    outcomes.push(batch.outcome);
    attempts.push(...batch.outputOperations.map((operation) => operation.attempts));
  });
  const ended = ssc.awaitTermination().catch((error: unknown) => error);
  await ssc.start();
  for (let second = 0; second < seconds; second += 1) {
    await world.clock.advance(1_000);
    await settle();
  }
  const { state } = ssc;
  if (state === 'ACTIVE') await ssc.stop({ graceful: false });
  const failure = world.log.lines.find(({ message }) => message === 'batch failed')?.fields?.['error'];
  const problems = world.log.lines
    .filter(({ message }) => message.includes('checkpoint'))
    .map(({ message }) => message);
  return { seen, outcomes, attempts, state, failure, problems, ended, storage: world.storage };
}

function innermost(error: unknown): MillraceError {
  const { cause } = error as Error;
  return isMillraceError(cause) ? innermost(cause) : (error as MillraceError);
}

describe.each([
  ['without checkpoints', WITHOUT],
  ['with checkpoints', WITH],
])('%s', (_how, options) => {
  it.each(BAD)(
    '%s as the state of a key fails its batch at once, and the other keys go on',
    async (_what, bad, path) => {
      const { seen, outcomes, attempts, failure, problems } = await run((ssc, into) => {
        ssc
          .queueStream([[1], [13], [2], [3]])
          .map((n): [string, number] => [n === 13 ? 'unlucky' : 'key', n])
          .mapWithState<string, number, unknown, [string, number | undefined]>((key, n, state) => {
            state.update(n === 13 ? bad : n);
            return [key, n];
          })
          .uid('counts')
          .foreachRDD(async (rdd) => void into.push(await rdd.collect()));
      }, options);
      expect(outcomes).toEqual(['succeeded', 'skipped', 'succeeded', 'succeeded']);
      expect(attempts).toEqual([1, 1, 1, 1]);
      expect(seen).toEqual([[['key', 1]], [['key', 2]], [['key', 3]]]);
      const error = innermost(failure);
      expect(error.code).toBe('MR_STATE_VALUE_UNSUPPORTED');
      expect(error.details).toMatchObject({ key: '"unlucky"', operator: 'counts.state' });
      expect(String(error.details['path']).startsWith(path)).toBe(true);
      expect(problems).toEqual([]);
    },
  );

  it.each<[string, (state: State<unknown>, n: number) => unknown]>([
    ['in the call that set the state', (state, n) => [state.update(n === 13 ? circle : n), state.get()]],
    ['in the next call of the batch', (state, n) => [state.getOption(), state.update(n === 13 ? circle : n)]],
    [
      'with a function in a map',
      (state, n) => [state.update(new Map([['n', n === 13 ? Number : n]])), state.get()],
    ],
  ])('state that cannot be read fails its batch at once: %s', async (_when, use) => {
    const { outcomes, attempts, failure } = await run((ssc, into) => {
      ssc
        .queueStream([[1], [13, 13], [2], [3]])
        .map((n): [string, number] => ['key', n])
        .mapWithState<string, number, unknown, number>((_key, n, state) => {
          use(state, n ?? 0);
          return n;
        })
        .uid('counts')
        .foreachRDD(async (rdd) => void into.push(await rdd.collect()));
    }, options);
    expect(outcomes).toEqual(['succeeded', 'skipped', 'succeeded', 'succeeded']);
    expect(attempts).toEqual([1, 1, 1, 1]);
    const error = innermost(failure);
    expect(error.code).toBe('MR_STATE_VALUE_UNSUPPORTED');
    expect(error.details).toMatchObject({ key: '"key"', operator: 'counts.state', path: 'state' });
  });

  it('values of windows of event time follow the same rule', async () => {
    const { outcomes, attempts, failure } = await run(
      (ssc, into) => {
        ssc
          .queueStream([[1], [2]])
          .assignTimestamps((n) => n * 1_000)
          .tumbling(1_000)
          .allowedLateness(60_000)
          .aggregate<unknown>(
            () => circle,
            (all) => all,
            (all) => all,
          )
          .uid('windows')
          .foreachRDD(async (rdd) => void into.push(await rdd.collect()));
      },
      options,
      1,
    );
    expect(outcomes).toEqual(['skipped']);
    expect(attempts).toEqual([1]);
    expect(innermost(failure).code).toBe('MR_STATE_VALUE_UNSUPPORTED');
  });

  it('updateStateByKey follows the same rule', async () => {
    const { outcomes, failure } = await run(
      (ssc, into) => {
        ssc
          .queueStream([[1], [2]])
          .map((n): [string, number] => ['key', n])
          .updateStateByKey<string, number, unknown>((values) => (values.includes(2) ? new Money() : 1))
          .foreachRDD(async (rdd) => void into.push(await rdd.collect()));
      },
      options,
      2,
    );
    expect(outcomes).toEqual(['succeeded', 'skipped']);
    expect(innermost(failure).code).toBe('MR_STATE_VALUE_UNSUPPORTED');
  });
});

describe('window state that no checkpoint can hold', () => {
  it('stops the engine and names the operator', async () => {
    const { state, ended } = await run((ssc) => {
      ssc
        .queueStream([[1], [2], [3]])
        .map((n): [string, Money] => ['key', Object.assign(new Money(), { n })])
        .reduceByKeyAndWindow((a) => a, 3_000, 1_000, { inverse: (a) => a })
        .foreachRDD(async (rdd) => void (await rdd.count()));
    }, WITH);
    expect(state).toBe('STOPPED');
    expect(await ended).toMatchObject({
      code: 'MR_CHECKPOINT_VALUE_UNSUPPORTED',
      details: { operator: expect.stringContaining('Window') as string },
    });
  });
});
