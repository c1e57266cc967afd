// An error of disposition `stop-engine` is never retried: the engine stops with the error, whichever component
// raised it.
import {
  pluginModule,
  definePlugin,
  defineReceiver,
  ExecutorBackend,
  type MillraceError,
  type Plugin,
  type ReceiverContext,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { RecordingExecutorBackend } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { type Life, NumberSource, RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

const denied = coreError('MR_STORAGE_DENIED', 'the disk is read-only now');
const refuse = (): never => {
  throw denied;
};
const anyOptions = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const;

/** A program over a source whose records are counted. */
function begin(world: RestartWorld, source: NumberSource, plugins: readonly Plugin[] = []): Life {
  const program = (ssc: StreamingContext): void => {
    const receiver = source.receiver({ replayable: false, isAlive: () => true });
    ssc.receiverStream(receiver).foreachRDD(async (rdd) => void (await rdd.count()));
  };
  return world.begin(program, {}, Infinity, plugins);
}

/** Runs until no more events are possible, and returns the outcome. */
async function endOf(world: RestartWorld, life: Life, events: string[]): Promise<unknown> {
  const terminated = life.ssc.awaitTermination().then(
    () => 'ended well',
    (error: unknown) => error,
  );
  for (let step = 0; step < 100 && life.ssc.state !== 'STOPPED'; step += 1) await world.pass(life, 100);
  expect(life.ssc.state).toBe('STOPPED');
  expect(events).toEqual(['streaming:failed MR_STORAGE_DENIED', 'streaming:stopped']);
  const said = life.log.lines.filter(
    ({ level, message }) => level === 'error' && message.includes('has failed'),
  );
  expect(said).toHaveLength(1);
  // The source of the test lets its last poll come.
  await world.pass(life, 100);
  expect(life.clock.pendingTimers).toBe(0);
  return terminated;
}

function eventsOf({ ssc }: Life): string[] {
  const events: string[] = [];
  ssc.on('streaming:failed', ({ error }) => void events.push(`streaming:failed ${error.code}`));
  ssc.on('streaming:stopped', () => void events.push('streaming:stopped'));
  return events;
}

const entrances: Readonly<Record<string, (world: RestartWorld) => void>> = {
  'the log of decisions': (world) => (world.logs.beforeWrite = refuse),
  'the log of decisions, cleaning up': (world) => (world.logs.beforeClean = refuse),
  'the store of checkpoints': (world) => (world.checkpoints.write = async () => refuse()),
  'the store of checkpoints, pruning': (world) => (world.checkpoints.prune = async () => refuse()),
  'the block handler': (world) => (world.blocks.set = refuse),
};

describe('an error that no retry can heal', () => {
  it.each(Object.entries(entrances))('of %s stops the engine with it', async (_, breakIt) => {
    const world = new RestartWorld();
    const source = new NumberSource();
    const life = begin(world, source);
    const events = eventsOf(life);
    await life.ssc.start();
    source.produced = 3;
    await world.pass(life, 1_500);
    breakIt(world);
    source.produced = 9;
    expect(await endOf(world, life, events)).toMatchObject({ code: denied.code, message: denied.message });
  });

  it('of an allocation without receivers stops the engine with it', async () => {
    const world = new RestartWorld();
    const life = world.begin((ssc) => ssc.queueStream([[1], [2]]).foreachRDD(async () => undefined));
    const events = eventsOf(life);
    await life.ssc.start();
    await world.pass(life, 1_500);
    world.logs.beforeWrite = refuse;
    expect(await endOf(world, life, events)).toBe(denied);
  });

  it.each(['start', 'create', 'restart'] as const)(
    'of a receiver (%s) stops the engine with it',
    async (how) => {
      const world = new RestartWorld();
      const receiver = defineReceiver({
        name: 'refused',
        contract: 1,
        capabilities: {
          ack: 'none',
          replayable: false,
          ordering: 'per-stream',
          pause: true,
          bounded: false,
          format: 'records',
          touches: [],
        },
        options: anyOptions,
        create: () => {
          if (how === 'create') refuse();
          return {
            start: (context) => (how === 'start' ? refuse() : context.restart('refused', denied)),
            stop: () => undefined,
          };
        },
      })({});
      const life = world.begin((ssc) => ssc.receiverStream(receiver).foreachRDD(async () => undefined));
      const events = eventsOf(life);
      await life.ssc.start();
      expect(await endOf(world, life, events)).toMatchObject({ code: denied.code });
    },
  );

  it('keeps the engine running when a receiver ends itself for good', async () => {
    const world = new RestartWorld();
    const source = new NumberSource();
    const own = source.receiver({ replayable: false, isAlive: () => true });
    const ending = {
      ...own,
      create: () => ({
        start: (context: ReceiverContext<number>) => context.stop('over', denied),
        stop: () => {},
      }),
    };
    const life = world.begin((ssc) =>
      ssc.receiverStream(ending as typeof own).foreachRDD(async () => undefined),
    );
    await life.ssc.start();
    await world.pass(life, 3_000);
    expect(life.ssc.state).toBe('ACTIVE');
    await life.ssc.stop();
  });

  it.each([
    [
      'answers with this error',
      (backend: RecordingExecutorBackend) => backend.answer('CleanupOldBlocks', refuse),
    ],
    ['cannot start executors any more', (backend: RecordingExecutorBackend) => backend.fail(denied)],
  ])('of a backend that %s stops the engine with it', async (_, breakIt) => {
    const world = new RestartWorld({ hasLog: false, hasCheckpoints: false });
    const backend = new RecordingExecutorBackend();
    backend.addExecutor('a');
    const plugin = definePlugin({
      name: 'recording',
      version: '1.0.0',
      contract: 1,
      provides: [ExecutorBackend],
      optionsSchema: anyOptions,
      module: () => pluginModule((bind) => void bind(ExecutorBackend).toConstantValue(backend)),
    })({});
    const life = begin(world, new NumberSource(), [plugin]);
    const events = eventsOf(life);
    await life.ssc.start();
    breakIt(backend);
    expect(await endOf(world, life, events)).toMatchObject({ code: denied.code });
  });

  it('stops with the first error, however many follow', async () => {
    const world = new RestartWorld();
    const source = new NumberSource();
    const life = begin(world, source);
    const events = eventsOf(life);
    await life.ssc.start();
    source.produced = 3;
    for (const breakIt of Object.values(entrances)) breakIt(world);
    const error = (await endOf(world, life, events)) as MillraceError;
    expect(error.code).toBe('MR_STORAGE_DENIED');
  });
});
