// A program may throw any value, anywhere. The thrown value makes no difference: the engine reacts as to any error.
import {
  pluginModule,
  Clock as ClockPort,
  definePlugin,
  defineReceiver,
  Logger,
  type ManualClock,
  noOptions,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error('revoked'), {});
  revoke();
  return proxy;
}

function trapped(): Error {
  const trap = (): never => {
    throw Object.create(null);
  };
  return Object.defineProperties(new Error('trapped'), {
    message: { get: trap },
    stack: { get: trap },
    cause: { get: trap },
    name: { get: trap },
  });
}

function circle(): Error {
  const error = new Error('circle');
  error.cause = new Error('inner', { cause: error });
  return error;
}

const ONE = new Error('one');
const MANY = Array.from({ length: 1_000_000 }, () => ONE);

const VALUES: readonly (readonly [string, () => unknown])[] = [
  ['an object without prototype', () => Object.create(null) as unknown],
  ['nothing', () => undefined],
  ['null', () => null],
  ['a symbol', () => Symbol('thrown')],
  ['a revoked proxy', revoked],
  ['an error whose getters throw', trapped],
  ['errors in a circle', circle],
  ['a million errors', () => new AggregateError(MANY, 'all')],
];

/** Passes a second, with all its consequences. */
async function pass(clock: ManualClock): Promise<void> {
  await clock.advance(1_000);
  await settle();
}

function contextWith(options: Partial<StandaloneContextOptions> = {}) {
  const world = virtualPorts({ startMs: 10_000 });
  const { plugins = [], ...others } = options;
  const ssc = new StreamingContext({
    appName: 'test',
    batchIntervalMs: 1_000,
    batches: { maxAttempts: 1, onBatchFailure: 'skip' },
    plugins: [world.plugin, ...plugins],
    ...others,
  });
  return { ...world, ssc };
}

type Script = Partial<Omit<Receiver<number>, 'start'>> & {
  readonly create?: (life: number) => void;
  readonly start?: (context: ReceiverContext<number>, life: number) => void | Promise<void>;
};

/** A receiver that stores 1 to 3 in each life, with acknowledgements. */
function scripted({ create, start, ...methods }: Script) {
  let lives = 0;
  const configured = defineReceiver({
    name: 'scripted',
    contract: 1,
    capabilities: { ack: 'individual', replayable: false, ordering: 'per-stream', pause: true, bounded: false, format: 'records', touches: [] }, // prettier-ignore
    options: noOptions,
    create: (): Receiver<number> => {
      lives += 1;
      const life = lives;
      create?.(life);
      return {
        start: async (context) => {
          await start?.(context, life);
          for (const record of [1, 2, 3]) context.store(record, record);
        },
        stop: () => undefined,
        ...methods,
      };
    },
  })({});
  return { configured, lives: () => lives };
}

describe.each(VALUES)('%s, thrown', (_what, make) => {
  const fail = (): never => {
    throw make();
  };

  it.each([
    ['in foreachRDD', (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).foreachRDD(fail)],
    [
      'later in foreachRDD',
      (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).foreachRDD(async () => fail()),
    ],
    ['in an operator', (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).map(fail).foreachRDD(async (rdd) => void (await rdd.collect()))], // prettier-ignore
    ['behind a shuffle', (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).map((n): [number, number] => [n, n]).reduceByKey(fail).mapValues(fail).foreachRDD(async (rdd) => void (await rdd.collect()))], // prettier-ignore
    ['in transform', (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).transform(fail).foreachRDD(() => undefined)], // prettier-ignore
    ['in a function of state', (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).map((n): [number, number] => [n, n]).mapWithState(fail).foreachRDD(async (rdd) => void (await rdd.collect()))], // prettier-ignore
    ['in a sink', (ssc: StreamingContext) => ssc.queueStream([[1], [2]]).foreachPartition(fail)],
  ])('%s fails the batch, and the next one runs', async (_where, program) => {
    const { ssc, clock } = contextWith();
    program(ssc);
    const outcomes: unknown[] = [];
    ssc.on('batch:completed', ({ batch }) => void outcomes.push(batch.outcome));
    await ssc.start();
    for (let second = 0; second < 3; second += 1) await pass(clock);
    expect(outcomes.slice(0, 2)).toEqual(['skipped', 'skipped']);
    expect(outcomes.length).toBeGreaterThan(2);
    expect(ssc.state).toBe('ACTIVE');
    await ssc.stop({ graceful: false });
  });

  it('stops the engine with an error when a batch must not fail', async () => {
    const { ssc, clock } = contextWith({ batches: { maxAttempts: 1, onBatchFailure: 'stop' } });
    ssc.queueStream([[1]]).foreachRDD(fail);
    const ended = ssc.awaitTermination().catch((error: unknown) => error);
    await ssc.start();
    await pass(clock);
    expect(await ended).toMatchObject({ code: 'MR_BATCH_FAILED' });
  });

  it.each<[string, () => Script]>([
    ['in create', () => ({ create: (life) => (life === 1 ? fail() : undefined) })],
    ['in start', () => ({ start: (_, life) => (life === 1 ? fail() : undefined) })],
    ['later in start', () => ({ start: async (_, life) => void (life === 1 && fail()) })],
    ['into restart', () => ({ start: (context, life) => (life === 1 ? context.restart('lost', make()) : undefined) })], // prettier-ignore
    ['in acknowledge', () => ({ acknowledge: once(fail) })],
    ['in stop', () => ({ start: (context, life) => (life === 1 ? context.restart('lost') : undefined), stop: once(fail) })], // prettier-ignore
    ['in closed', () => ({ start: (context, life) => (life === 1 ? context.restart('lost') : undefined), closed: once(fail) })], // prettier-ignore
  ])('%s restarts the receiver', async (_where, script) => {
    const { ssc, clock } = contextWith();
    const { configured, lives } = scripted(script());
    const seen: number[] = [];
    ssc.receiverStream(configured).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    await ssc.start();
    for (let second = 0; second < 20; second += 1) await pass(clock);
    expect(lives()).toBeGreaterThan(1);
    expect(seen.slice(-3)).toEqual([1, 2, 3]);
    const stopping = ssc.stop();
    for (let second = 0; second < 10; second += 1) await pass(clock);
    expect((await stopping).isClean).toBe(true);
  });

  it('in reportError and stop of a receiver is reported and ends the receiver', async () => {
    const { ssc, clock } = contextWith();
    const { configured, lives } = scripted({
      start: (context) => {
        context.reportError('survived', make());
        context.stop('the end', make());
      },
    });
    ssc.receiverStream(configured).foreachRDD(() => undefined);
    const messages: string[] = [];
    ssc.on('receiver:error', ({ receiver }) => void messages.push(String(receiver.lastErrorMessage)));
    await ssc.start();
    await pass(clock);
    expect(messages).toContain('survived');
    expect(lives()).toBe(1);
    await ssc.stop({ graceful: false });
  });

  it('by a listener and by a logger changes nothing', async () => {
    const logger: Logger = { debug: fail, info: fail, warn: fail, error: fail, child: () => logger };
    const world = virtualPorts({ startMs: 10_000 });
    const failingLog = definePlugin({
      name: 'failing-log',
      version: '1.0.0',
      contract: 1,
      provides: [Logger],
      optionsSchema: noOptions,
      module: () => pluginModule((bind) => void bind(Logger).toConstantValue(logger)),
    })();
    const ports = definePlugin({
      name: 'virtual-clock',
      version: '1.0.0',
      contract: 1,
      provides: [ClockPort],
      optionsSchema: noOptions,
      module: () => pluginModule((bind) => void bind(ClockPort).toConstantValue(world.clock)),
    })();
    const ssc = new StreamingContext({
      appName: 'test',
      batchIntervalMs: 1_000,
      plugins: [failingLog, ports],
    });
    ssc.on('batch:completed', fail);
    const seen: number[] = [];
    ssc.queueStream([[1], [2]]).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    await ssc.start();
    for (let second = 0; second < 3; second += 1) await pass(world.clock);
    expect(seen).toEqual([1, 2]);
    await ssc.stop({ graceful: false });
  });
});

function once(fail: () => never): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    fail();
  };
}
