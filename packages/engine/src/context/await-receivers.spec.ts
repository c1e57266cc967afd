// start({ awaitReceivers }): "started" means that every receiver listens.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';
import { coreError } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

type Start = (context: ReceiverContext<number>, life: number) => void | Promise<void>;

function receiver(name: string, start: Start) {
  let lives = 0;
  return defineReceiver({
    name,
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
    options: noOptions,
    create: (): Receiver<number> => {
      lives += 1;
      const life = lives;
      return { start: (context) => start(context, life), stop: () => undefined };
    },
  })({});
}

function program(
  starts: Readonly<Record<string, Start>>,
  receiving: StandaloneContextOptions['receiving'] = {},
) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'waiting',
    batchIntervalMs: 1_000,
    receiving,
    plugins: [world.plugin],
  });
  for (const [name, start] of Object.entries(starts)) {
    ssc.receiverStream(receiver(name, start)).foreachRDD(() => undefined);
  }
  return { ...world, ssc };
}

/** The outcome of a promise so far. */
function outcome(promise: Promise<void>) {
  const seen: { state: string; error?: unknown } = { state: 'pending' };
  promise.then(
    () => (seen.state = 'resolved'),
    (error: unknown) => Object.assign(seen, { state: 'rejected', error }),
  );
  return seen;
}

describe('start with awaitReceivers', () => {
  it('resolves when the start of every receiver has resolved, and no earlier', async () => {
    const listening = Promise.withResolvers<void>();
    const { ssc, clock } = program({ here: () => undefined, there: () => listening.promise });
    const start = outcome(ssc.start({ awaitReceivers: 10_000 }));
    await clock.advance(5_000);
    expect([start.state, ssc.state]).toEqual(['pending', 'ACTIVE']);
    listening.resolve();
    await settle();
    expect([start.state, ssc.state]).toEqual(['resolved', 'ACTIVE']);
    await ssc.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits through restarts', async () => {
    const { ssc, clock } = program({
      late: (context, life) => (life < 3 ? context.restart('the host is away') : undefined),
    });
    const start = outcome(ssc.start({ awaitReceivers: 10_000 }));
    await clock.advance(3_000);
    expect(start.state).toBe('pending');
    await clock.advance(4_000);
    expect(start.state).toBe('resolved');
    await ssc.stop();
  });

  it('counts a source that has ended, and waits for none without receivers', async () => {
    const ended = program({ short: (context) => context.stop('end of input') });
    const start = outcome(ended.ssc.start({ awaitReceivers: Infinity }));
    await settle();
    expect(start.state).toBe('resolved');
    const none = program({});
    none.ssc.queueStream([[1]]).foreachRDD(() => undefined);
    await none.ssc.start({ awaitReceivers: 0 });
    await Promise.all([ended.ssc.stop(), none.ssc.stop()]);
  });

  it('rejects at the end of the time, names each receiver that is not ready with its last error, and stops', async () => {
    const { ssc, clock } = program({
      fine: () => undefined,
      refused: () => Promise.reject(coreError('MR_EXECUTOR_UNREACHABLE', 'nobody listens')),
      silent: () => new Promise<void>(() => undefined),
    });
    const start = outcome(ssc.start({ awaitReceivers: 5_000 }));
    await clock.advance(4_999);
    expect(start.state).toBe('pending');
    await clock.advance(40_000);
    expect(start).toMatchObject({
      state: 'rejected',
      error: {
        code: 'MR_CONTEXT_RECEIVERS_NOT_READY',
        details: {
          withinMs: 5_000,
          receivers: [
            { streamId: 1, name: 'refused', state: 'restarting', lastErrorMessage: expect.any(String) },
            { streamId: 2, name: 'silent', state: 'starting' },
          ],
        },
        cause: { code: 'MR_EXECUTOR_UNREACHABLE' },
      },
    });
    expect((start.error as Error).message.split('\n')).toEqual([
      '2 of 3 receivers did not start within 5000 ms',
      '  refused is restarting: MR_EXECUTOR_UNREACHABLE: receiver refused failed to start (nobody listens)',
      '  silent is starting, without an error so far',
    ]);
    expect(ssc.state).toBe('STOPPED');
    await expect(ssc.awaitTermination()).rejects.toMatchObject({ code: 'MR_CONTEXT_RECEIVERS_NOT_READY' });
  });

  it('measures the time on the monotonic clock', async () => {
    const { ssc, clock } = program({ silent: () => new Promise<void>(() => undefined) });
    const start = outcome(ssc.start({ awaitReceivers: 5_000 }));
    await clock.setWallTime(clock.now() + 3_600_000);
    await clock.advance(4_000);
    expect(start.state).toBe('pending');
    await clock.advance(40_000);
    expect(start.state).toBe('rejected');
  });

  it('rejects with the error of a receiver that is given up meanwhile', async () => {
    const { ssc, clock } = program({ bad: () => Promise.reject(new Error('no')) }, { maxRestarts: 1 });
    const start = outcome(ssc.start({ awaitReceivers: 60_000 }));
    await clock.advance(10_000);
    expect(start).toMatchObject({ state: 'rejected', error: { code: 'MR_RECEIVER_GAVE_UP' } });
  });

  it('rejects when the context is stopped meanwhile', async () => {
    const { ssc, clock } = program({
      silent: ({ signal }) =>
        new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    });
    const start = outcome(ssc.start({ awaitReceivers: 60_000 }));
    await clock.advance(1_000);
    await ssc.stop();
    await settle();
    expect(start).toMatchObject({ state: 'rejected', error: { code: 'MR_CONTEXT_STOPPED' } });
    await ssc.awaitTermination();
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ['a negative time', { awaitReceivers: -1 }],
    ['no number', { awaitReceivers: true }],
    ['another option', { awaitReciever: 5 }],
  ])('refuses %s, and starts nothing', async (_what, options) => {
    const { ssc } = program({ fine: () => undefined });
    await expect(ssc.start(options as never)).rejects.toMatchObject({ code: 'MR_CONFIG_INVALID_OPTION' });
    expect(ssc.state).toBe('INITIALIZED');
    await ssc.start();
    await ssc.stop();
  });
});
