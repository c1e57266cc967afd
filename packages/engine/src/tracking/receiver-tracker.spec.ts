import { describe, expect, it } from 'vitest';
import { receivedBlock, sequencesIn } from '../../test/received-blocks.ts';
import { inOrderPolicy, ReceiverTrackerFixture } from '../../test/receiver-tracker-fixture.ts';

const code = (name: string) => expect.objectContaining({ code: name });

describe('ReceiverTracker: start', () => {
  it('asks executors to start the receivers in the places of the policy', async () => {
    const { tracker, backend } = new ReceiverTrackerFixture({ receiverCount: 3 });
    await tracker.start();
    expect(backend.requests('StartReceiver')).toEqual([
      { executorId: 'a', epoch: 7, streamId: 0, attemptId: '7.1.attempt1' },
      { executorId: 'b', epoch: 7, streamId: 1, attemptId: '7.2.attempt2' },
      { executorId: 'a', epoch: 7, streamId: 2, attemptId: '7.3.attempt3' },
    ]);
    expect(tracker.state).toBe('Started');
  });

  it('waits for the required executors', async () => {
    const { tracker, backend, clock } = new ReceiverTrackerFixture({
      executorIds: ['a'],
      options: { minExecutors: 2 },
    });
    const started = tracker.start();
    await clock.advance(29_999);
    expect(backend.asks).toEqual([]);
    backend.addExecutor('b');
    await started;
    expect(backend.requests('StartReceiver')).toHaveLength(1);
    expect(clock.now()).toBe(1_029_999);
  });

  it('continues with fewer executors at the time limit', async () => {
    const { tracker, clock, log } = new ReceiverTrackerFixture({
      executorIds: ['a'],
      options: { minExecutors: 2 },
    });
    const started = tracker.start();
    await clock.advance(30_000);
    await started;
    expect(log.messages('warn')).toEqual(['continuing with fewer executors than required']);
  });

  it('rejects when no executor came, and may be started again', async () => {
    const { tracker, backend, clock } = new ReceiverTrackerFixture({ executorIds: [] });
    const [started] = await Promise.allSettled([tracker.start(), clock.advance(30_000)]);
    expect(started).toMatchObject({ status: 'rejected', reason: { code: 'MR_TRACKING_NO_EXECUTORS' } });
    backend.addExecutor('a');
    await tracker.start();
    expect(tracker.state).toBe('Started');
  });

  it('tells the newest failure of the backend, as the cause as well (BACKEND-33)', async () => {
    const { tracker, backend, clock } = new ReceiverTrackerFixture({ executorIds: [] });
    const cause = new Error('no host has a free slot');
    backend.newestFailure = cause;
    const [started] = await Promise.allSettled([tracker.start(), clock.advance(30_000)]);
    expect(started).toMatchObject({
      reason: {
        message: expect.stringContaining('got none; the newest attempt ended with: no host has a free slot;'),
        cause,
      },
    });
  });

  it('does not wait without receivers', async () => {
    const { tracker } = new ReceiverTrackerFixture({ receiverCount: 0, executorIds: [] });
    await tracker.start();
    await tracker.sourcesEnded();
    expect(tracker.state).toBe('Started');
  });

  it('refuses a second start', async () => {
    const { tracker } = new ReceiverTrackerFixture();
    const first = tracker.start();
    await expect(tracker.start()).rejects.toThrow(code('MR_TRACKING_ALREADY_STARTED'));
    await first;
    await expect(tracker.start()).rejects.toThrow(code('MR_TRACKING_ALREADY_STARTED'));
  });

  it('rejects a start whose policy throws', async () => {
    const policy = {
      ...inOrderPolicy,
      scheduleReceivers: () => {
        throw new Error('no idea');
      },
    };
    const { tracker } = new ReceiverTrackerFixture({ policy });
    await expect(tracker.start()).rejects.toThrow(code('MR_TRACKING_POLICY_FAILED'));
  });

  it('leaves no timer behind once all have registered', async () => {
    const { clock } = await new ReceiverTrackerFixture().startAll();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('ReceiverTracker: registration', () => {
  it('accepts the current attempt from a scheduled executor', async () => {
    const fixture = new ReceiverTrackerFixture();
    await fixture.tracker.start();
    expect(await fixture.register()).toEqual({ accepted: true });
    expect(fixture.events).toEqual([{ event: 'receiver:starting', value: { receiver: fixture.receiver } }]);
    expect(fixture.receiver).toEqual({
      streamId: 0,
      name: 's0',
      state: 'starting',
      restarts: 0,
      isActive: true,
      isFinal: false,
      host: 'host-a',
      executorId: 'a',
    });
  });

  it('answers a repeated registration again, with one event', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    expect(await fixture.register()).toEqual({ accepted: true });
    expect(fixture.eventNames()).toEqual(['receiver:starting', 'receiver:started']);
  });

  it('refuses an attempt that has been replaced', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('failed');
    await fixture.clock.advance(2_000);
    expect(await fixture.register(0, { attemptId: '7.1.attempt1' })).toMatchObject({ accepted: false });
    expect(await fixture.register()).toEqual({ accepted: true });
  });

  it('refuses an executor that is not a candidate', async () => {
    const fixture = new ReceiverTrackerFixture();
    await fixture.tracker.start();
    expect(await fixture.register(0, { executorId: 'b' })).toMatchObject({ accepted: false });
  });

  it('accepts any executor of a host that was named alone', async () => {
    const policy = { ...inOrderPolicy, scheduleReceivers: () => new Map([[0, [{ host: 'h' }]]]) };
    const fixture = new ReceiverTrackerFixture({ policy, executorIds: ['other'] });
    fixture.backend.addExecutor('x', 'h');
    fixture.backend.addExecutor('y', 'h');
    await fixture.tracker.start();
    expect(fixture.lastStart().executorId).toBe('x');
    expect(await fixture.register(0, { executorId: 'other', host: 'host-other' })).toMatchObject({
      accepted: false,
    });
    expect(await fixture.register(0, { executorId: 'y', host: 'h' })).toEqual({ accepted: true });
  });

  it('refuses an executor that is gone', async () => {
    const fixture = new ReceiverTrackerFixture();
    await fixture.tracker.start();
    fixture.backend.loseExecutor('a');
    expect(await fixture.register()).toMatchObject({ accepted: false });
  });

  it('refuses a stream that the program does not have', async () => {
    const { tracker } = await new ReceiverTrackerFixture().startAll();
    const request = { streamId: 9, attemptId: 'x', executorId: 'a', host: 'h', receiverName: 'test', run: 1 };
    await expect(tracker.ask('RegisterReceiver', request)).rejects.toThrow(
      code('MR_TRACKING_UNKNOWN_STREAM'),
    );
  });

  it('accepts a receiver that registers while its start is in progress', async () => {
    const fixture = new ReceiverTrackerFixture();
    const replies: unknown[] = [];
    fixture.backend.answer('StartReceiver', async () => {
      replies.push(await fixture.register());
    });
    await fixture.tracker.start();
    await fixture.settle();
    expect(replies).toEqual([{ accepted: true }]);
  });
});

describe('ReceiverTracker: blocks and errors', () => {
  it('passes blocks on and answers when the blocks are recorded', async () => {
    const { tracker, blockTracker, metadataLog } = await new ReceiverTrackerFixture().startAll();
    metadataLog.hold();
    const added = tracker.ask('AddBlock', {
      attemptId: '7.1.attempt1',
      block: receivedBlock(0, { attempt: '7.1.attempt1' }),
    });
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
    metadataLog.release();
    expect(await added).toEqual({ accepted: true });
    expect(sequencesIn(await blockTracker.allocateBlocksToBatch(1_000))).toEqual([0]);
  });

  it('offers an entry of its log, and writes the content of a block beside the registration', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    const { tracker, metadataLog, blockTracker } = fixture;
    expect(await fixture.register(0)).toEqual({ accepted: true });
    const logEntry = { payload: new Uint8Array([1]), handle: { segment: 'log', offset: 0, length: 1 } };
    metadataLog.anEntry = logEntry;
    expect(await fixture.register(0)).toEqual({ accepted: true, logEntry });
    const block = receivedBlock(0, { attempt: '7.1.attempt1' });
    const content = new Uint8Array([1, 2]);
    expect(await tracker.ask('AddBlock', { attemptId: '7.1.attempt1', block, content })).toEqual({
      accepted: true,
    });
    const input = await blockTracker.allocateBlocksToBatch(1_000);
    expect(input.blocks.get(0)).toEqual([expect.objectContaining({ isInline: true })]);
  });

  it('says when many blocks wait for a batch', async () => {
    const fixture = await new ReceiverTrackerFixture({
      blockTracking: { maxUnallocatedBlocks: 2 },
    }).startAll();
    const block = receivedBlock(0, { attempt: '7.1.attempt1' });
    const reply = await fixture.tracker.ask('AddBlock', { attemptId: '7.1.attempt1', block });
    expect(reply).toEqual({ accepted: true, isCrowded: true });
  });

  it('handles other messages while a block waits for the log', async () => {
    const fixture = await new ReceiverTrackerFixture({ receiverCount: 2 }).startAll();
    fixture.metadataLog.hold();
    const added = fixture.tracker.ask('AddBlock', {
      attemptId: '7.1.attempt1',
      block: receivedBlock(0, { attempt: '7.1.attempt1' }),
    });
    await fixture.tracker.ask('ReportError', { streamId: 1, attemptId: '7.2.attempt2', message: 'slow' });
    expect(fixture.eventNames().at(-1)).toBe('receiver:error');
    fixture.metadataLog.release();
    expect(await added).toEqual({ accepted: true });
  });

  it('asks the receiver to try again when a block cannot be recorded', async () => {
    const { tracker, metadataLog } = await new ReceiverTrackerFixture().startAll();
    metadataLog.isBroken = true;
    const reply = await tracker.ask('AddBlock', {
      attemptId: '7.1.attempt1',
      block: receivedBlock(0, { attempt: '7.1.attempt1' }),
    });
    expect(reply).toEqual({ accepted: false, reason: expect.any(String) });
  });

  it('counts the left-out records of a block once, also when its message comes again later (RECEIVER-40)', async () => {
    const { tracker, events } = await new ReceiverTrackerFixture().startAll();
    const leftOut = { recordCount: 1, reason: 'a function', record: '() => 1' };
    for (const sequence of [0, 1, 0, 1])
      await tracker.ask('AddBlock', {
        attemptId: '7.1.attempt1',
        block: receivedBlock(sequence, { attempt: '7.1.attempt1' }),
        leftOut,
      });
    const told = events.filter(({ event }) => event === 'records:left-out');
    expect(told).toEqual([
      expect.objectContaining({ value: { leftOut: expect.objectContaining({ totalCount: 1 }) } }),
      expect.objectContaining({ value: { leftOut: expect.objectContaining({ totalCount: 2 }) } }),
    ]);
  });

  it('accepts blocks of an earlier attempt, because they are stored', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('failed');
    const reply = await fixture.tracker.ask('AddBlock', {
      attemptId: '7.1.attempt1',
      block: receivedBlock(0, { attempt: '7.1.attempt1' }),
    });
    expect(reply).toEqual({ accepted: true });
  });

  it('refuses blocks of an attempt that another driver began (BLK-1)', async () => {
    const { tracker } = await new ReceiverTrackerFixture().startAll();
    const block = receivedBlock(0, { attempt: '6.1.attempt1' });
    const reply = await tracker.ask('AddBlock', { attemptId: '6.1.attempt1', block });
    expect(reply).toEqual({ accepted: false, reason: expect.any(String) });
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
  });

  it('shows a reported error with the time of the report', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    const report = { streamId: 0, attemptId: '7.1.attempt1', message: 'first' };
    await fixture.tracker.ask('ReportError', report);
    await fixture.clock.advance(500);
    const error = { name: 'Error', message: 'why' };
    await fixture.tracker.ask('ReportError', { ...report, message: 'second', error });
    expect(fixture.events.at(-1)).toEqual({ event: 'receiver:error', value: { receiver: fixture.receiver } });
    expect(fixture.receiver).toMatchObject({
      isActive: true,
      lastErrorMessage: 'second',
      lastError: error,
      lastErrorMs: 1_000_500,
    });
  });

  it('only logs the reports of an earlier attempt', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.tracker.ask('ReportError', { streamId: 0, attemptId: '7.0.attempt0', message: 'old' });
    expect(fixture.receiver).not.toHaveProperty('lastErrorMessage');
    expect(fixture.log.messages('warn')).toEqual(['receiver reported an error']);
  });
});

describe('ReceiverTracker: messages to executors', () => {
  it('starts receivers with the limit that was set before', async () => {
    const fixture = new ReceiverTrackerFixture();
    fixture.tracker.updateRateLimit(0, 100);
    await fixture.startAll();
    expect(fixture.lastStart().rateLimit).toBe(100);
    expect(fixture.backend.requests('UpdateRateLimit')).toEqual([]);
  });

  it('sends a new limit to the executor that runs the receiver', async () => {
    const { tracker, backend } = await new ReceiverTrackerFixture().startAll();
    tracker.updateRateLimit(0, 50);
    expect(backend.requests('UpdateRateLimit')).toEqual([
      { executorId: 'a', epoch: 7, streamId: 0, recordsPerSecond: 50 },
    ]);
  });

  it('sends a limit in bytes with the start and later', async () => {
    const fixture = new ReceiverTrackerFixture();
    fixture.tracker.updateRateLimit(0, 100, 2_000);
    await fixture.startAll();
    expect(fixture.lastStart()).toMatchObject({ rateLimit: 100, byteRateLimit: 2_000 });
    fixture.tracker.updateRateLimit(0, 100, 3_000);
    expect(fixture.backend.requests('UpdateRateLimit')[0]?.bytesPerSecond).toBe(3_000);
    expect(() => fixture.tracker.updateRateLimit(0, 100, 0)).toThrow(RangeError);
  });

  it('sends a limit again when the receiver could have missed it', async () => {
    const fixture = new ReceiverTrackerFixture();
    await fixture.tracker.start();
    fixture.tracker.updateRateLimit(0, 50);
    await fixture.settle();
    await fixture.register();
    expect(fixture.backend.requests('UpdateRateLimit').map((request) => request.recordsPerSecond)).toEqual([
      50, 50,
    ]);
  });

  it('keeps one limit in flight and only the newest waiting', async () => {
    const { tracker, backend, clock } = await new ReceiverTrackerFixture().startAll();
    const { promise, resolve } = Promise.withResolvers<void>();
    backend.answer('UpdateRateLimit', () => promise);
    for (const limit of [10, 20, 30]) tracker.updateRateLimit(0, limit);
    resolve();
    await clock.advance(0);
    expect(backend.requests('UpdateRateLimit').map((request) => request.recordsPerSecond)).toEqual([10, 30]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a limit of %s', (limit) => {
    const { tracker } = new ReceiverTrackerFixture();
    expect(() => tracker.updateRateLimit(0, limit)).toThrow(RangeError);
  });

  it('asks every executor to clean up, with or without an answer', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    fixture.backend.answer('CleanupOldBlocks', () => {
      throw new Error('no');
    });
    fixture.tracker.cleanupOldBlocks(5_000);
    await fixture.settle();
    expect(fixture.backend.requests('CleanupOldBlocks')).toEqual([
      { executorId: 'a', epoch: 7, threshold: 5_000 },
      { executorId: 'b', epoch: 7, threshold: 5_000 },
    ]);
    expect(fixture.log.messages('warn')).toEqual(['message was not delivered', 'message was not delivered']);
  });

  it('tells an executor that missed the number of held batches again, beside the next done batch', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    const told = () =>
      fixture.backend
        .requests('UpdateCondition')
        .map(({ executorId, heldBatches }) => [executorId, heldBatches]);
    fixture.tracker.batchesHeld(1);
    await fixture.settle();
    fixture.backend.answer('UpdateCondition', (executorId) => {
      if (executorId === 'b') throw new Error('no answer');
    });
    fixture.tracker.batchesHeld(0);
    await fixture.settle();
    fixture.backend.answer('UpdateCondition', () => undefined);
    for (const threshold of [5_000, 6_000]) {
      fixture.tracker.cleanupOldBlocks(threshold);
      await fixture.settle();
    }
    expect(told()).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 0],
      ['b', 0],
      ['b', 0],
    ]);
  });
});
