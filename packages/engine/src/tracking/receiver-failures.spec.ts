import { coreError, isMillraceError } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { type FixtureSetup, ReceiverTrackerFixture } from '../../test/receiver-tracker-fixture.ts';

const unreachable = serializeError(coreError('MR_EXECUTOR_UNREACHABLE', 'nobody listens'));

/** The lines about failures of receivers, without the lines of other parts. */
function lines(fixture: ReceiverTrackerFixture) {
  return fixture.log.lines.filter(({ message }) => message.startsWith('receiver failed'));
}

/** A tracker with a bound, and its fatal errors. */
async function bounded(maxRestarts: number, setup: FixtureSetup = {}) {
  const fatal: unknown[] = [];
  const fixture = await new ReceiverTrackerFixture({
    restartBounds: { maxRestarts, healthyAfterMs: 60_000 },
    onFatal: (error) => fatal.push(error),
    ...setup,
  }).startAll();
  return { fixture, fatal };
}

describe('a receiver that fails', () => {
  it('is a warning first and an error when it fails again, with count, delay and its own error', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting', { error: unreachable, delayMs: 2_000 });
    await fixture.run();
    await fixture.deregister('restarting', { error: unreachable, delayMs: 3_000.4 });
    expect(lines(fixture).map(({ level, fields }) => ({ level, ...fields }))).toMatchObject([
      { level: 'warn', receiver: 's0', restartsInARow: 1, delayMs: 2_000, error: unreachable },
      { level: 'error', receiver: 's0', restartsInARow: 2, delayMs: 3_000, problem: 'it restarting' },
    ]);
    expect(fixture.receiver).toMatchObject({ state: 'restarting', restarts: 2, lastError: unreachable });
  });

  it('is a warning again after a healthy time, and not before', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    for (const ranMs of [0, 59_999, 60_000]) {
      await fixture.clock.advance(ranMs);
      await fixture.deregister('restarting');
      await fixture.run();
    }
    expect(lines(fixture).map(({ level, fields }) => [level, fields['restartsInARow']])).toEqual([
      ['warn', 1],
      ['error', 2],
      ['warn', 1],
    ]);
    expect(fixture.receiver).toMatchObject({ state: 'active', restarts: 3 });
  });

  it('counts from the resolved start on as healthy, not from the registration', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting');
    await fixture.register();
    await fixture.clock.advance(600_000);
    await fixture.deregister('restarting');
    expect(lines(fixture).map(({ level }) => level)).toEqual(['warn', 'error']);
  });

  it('counts failures of attempts and of runs together', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting');
    await fixture.run();
    await fixture.deregister('failed');
    expect(lines(fixture).map(({ fields }) => fields['restartsInARow'])).toEqual([1, 2]);
  });

  it.each([
    ['ReferenceError', new ReferenceError('sokcet is not defined'), 'error'],
    ['TypeError', new TypeError('Cannot read properties of undefined'), 'error'],
    ['another error', new Error('connect ECONNREFUSED'), 'warn'],
    ['the TypeError of fetch', new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }), 'warn'],
    ['a Millrace error', coreError('MR_RECEIVER_OVERRUN', 'too fast'), 'warn'],
  ])(
    'is an error at once, with its stack, only by a mistake in its code: %s',
    async (_what, error, level) => {
      const fixture = await new ReceiverTrackerFixture().startAll();
      await fixture.deregister('restarting', { error: serializeError(error) });
      expect(lines(fixture)).toMatchObject([{ level, fields: { error: { stack: error.stack } } }]);
    },
  );

  it('is told to listeners', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting', { error: unreachable, delayMs: 2_000 });
    expect(fixture.events.slice(2)).toMatchObject([
      { event: 'receiver:stopped', value: { receiver: { state: 'restarting', restarts: 1 } } },
      {
        event: 'receiver:restarting',
        value: {
          receiver: { state: 'restarting', restarts: 1 },
          restart: { restartsInARow: 1, delayMs: 2_000, message: 'it restarting', error: unreachable },
        },
      },
    ]);
  });
});

describe('maxRestarts', () => {
  it.each(['restarting', 'failed'] as const)(
    'stops the engine with a code of its own: %s',
    async (reason) => {
      const { fixture, fatal } = await bounded(2);
      for (let failure = 0; failure < 3; failure += 1) {
        expect(fatal).toEqual([]);
        await fixture.deregister(reason, { error: unreachable });
        await fixture.clock.advance(10_000);
        if (failure < 2) await fixture.run();
      }
      expect(fatal).toMatchObject([
        {
          code: 'MR_RECEIVER_GAVE_UP',
          disposition: 'stop-engine',
          message: `receiver s0 of stream 0 failed 3 times in a row, and maxRestarts is 2: it ${reason}`,
          details: { streamId: 0, receiver: 's0', restartsInARow: 3, maxRestarts: 2 },
          cause: { code: 'MR_EXECUTOR_UNREACHABLE' },
        },
      ]);
      expect(lines(fixture).map(({ level }) => level)).toEqual(['warn', 'error', 'error']);
      expect(fixture.events.at(-1)).toMatchObject({
        event: 'receiver:failed',
        value: { receiver: { state: 'failed', restarts: 3 } },
      });
      const asked = fixture.backend.requests('StartReceiver').length;
      await fixture.clock.advance(2_000_000);
      expect(fixture.backend.requests('StartReceiver')).toHaveLength(asked);
      expect(await fixture.register()).toMatchObject({ accepted: false });
    },
  );

  it('of 0 allows no failure, and begins again after a healthy time', async () => {
    const none = await bounded(0);
    await none.fixture.deregister('restarting');
    expect(none.fatal).toMatchObject([{ message: expect.stringContaining('failed once') }]);
    const one = await bounded(1);
    for (let run = 0; run < 5; run += 1) {
      await one.fixture.clock.advance(60_000);
      await one.fixture.deregister('restarting');
      await one.fixture.run();
    }
    expect(one.fatal).toEqual([]);
  });

  it('does not count the loss of an executor under a healthy receiver', async () => {
    const { fixture, fatal } = await bounded(0);
    await fixture.clock.advance(60_000);
    fixture.backend.loseExecutor('a');
    await fixture.settle();
    expect([fatal, fixture.backend.requests('StartReceiver').length]).toEqual([[], 2]);
    expect(fixture.receiver?.state).toBe('starting');
  });

  it('counts for each receiver by itself', async () => {
    const { fixture, fatal } = await bounded(1, { receiverCount: 2 });
    await fixture.deregister('restarting');
    await fixture.deregister('restarting', { streamId: 1 });
    expect(fatal).toEqual([]);
  });
});

describe('an error that stops the engine', () => {
  it('ends the receiver without a restart', async () => {
    const fatal: unknown[] = [];
    const fixture = await new ReceiverTrackerFixture({ onFatal: (error) => fatal.push(error) }).startAll();
    const error = serializeError(coreError('MR_STORAGE_DENIED', 'not yours'));
    await fixture.deregister('restarting', { error });
    expect(fatal.map((one) => isMillraceError(one, 'MR_STORAGE_DENIED'))).toEqual([true]);
    expect(fixture.receiver?.state).toBe('failed');
    expect(lines(fixture)).toMatchObject([{ message: 'receiver failed and is not started again' }]);
  });
});

describe('a stopped tracker', () => {
  it('has stopped receivers only', async () => {
    const fixture = await new ReceiverTrackerFixture({ receiverCount: 2 }).startAll();
    await fixture.deregister('restarting');
    await fixture.tracker.stop({ graceful: false, deadlineMs: fixture.clock.monotonicMs() });
    expect(fixture.tracker.receiverInfos().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });
});
