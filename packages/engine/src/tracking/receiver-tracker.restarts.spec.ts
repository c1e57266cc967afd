import type { SchedulingPolicy } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { receivedBlock } from '../../test/received-blocks.ts';
import { inOrderPolicy, ReceiverTrackerFixture } from '../../test/receiver-tracker-fixture.ts';

const starts = (fixture: ReceiverTrackerFixture) =>
  fixture.backend.requests('StartReceiver').map(({ executorId, attemptId }) => `${attemptId}@${executorId}`);

describe('ReceiverTracker: failures', () => {
  it('starts a failed receiver again, as a new attempt, after a delay (REC-3)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('failed', { error: { name: 'Error', message: 'why' } });
    await fixture.clock.advance(1_999);
    expect(starts(fixture)).toEqual(['7.1.attempt1@a']);
    await fixture.clock.advance(1);
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@a']);
    await fixture.run();
    expect(fixture.eventNames()).toEqual([
      'receiver:starting',
      'receiver:started',
      'receiver:stopped',
      'receiver:restarting',
      'receiver:starting',
      'receiver:started',
    ]);
    expect(fixture.receiver).toMatchObject({
      state: 'active',
      restarts: 1,
      isActive: true,
      lastErrorMessage: 'it failed',
      lastErrorMs: 1_000_000,
    });
  });

  it('waits longer with every further failure, up to the bound (REC-3)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    const delays: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      await fixture.deregister('failed');
      const before = fixture.backend.asks.length;
      const from = fixture.clock.now();
      while (fixture.backend.asks.length === before) await fixture.clock.advance(1_000);
      delays.push(fixture.clock.now() - from);
      await fixture.register();
    }
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('forgets earlier failures of a receiver that has been healthy', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('failed');
    await fixture.clock.advance(2_000);
    await fixture.run();
    await fixture.clock.advance(60_000);
    await fixture.deregister('failed');
    await fixture.clock.advance(2_000);
    expect(starts(fixture)).toHaveLength(3);
  });

  it('handles a repeated deregistration once', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('failed');
    await fixture.deregister('failed');
    await fixture.clock.advance(60_000);
    expect(fixture.eventNames().filter((event) => event === 'receiver:stopped')).toHaveLength(1);
    await fixture.register();
    await fixture.deregister('failed', { attemptId: '7.1.attempt1' });
    expect(fixture.receiver?.isActive).toBe(true);
  });

  it('restarts a receiver that stopped without a request', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('stopped');
    await fixture.clock.advance(2_000);
    expect(starts(fixture)).toHaveLength(2);
  });

  it('counts a start without registration as failed (REC-3)', async () => {
    const fixture = new ReceiverTrackerFixture();
    await fixture.tracker.start();
    await fixture.clock.advance(10_000);
    expect(fixture.eventNames()).toEqual(['receiver:error', 'receiver:restarting']);
    expect(fixture.receiver?.lastError?.code).toBe('MR_TRACKING_NOT_REGISTERED');
    await fixture.clock.advance(2_000);
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@a']);
  });

  it('counts a start that the executor refused as failed', async () => {
    const fixture = new ReceiverTrackerFixture();
    fixture.backend.answer('StartReceiver', () => {
      throw new Error('no such receiver');
    });
    await fixture.tracker.start();
    await fixture.settle();
    expect(fixture.receiver?.lastError?.message).toBe('no such receiver');
    await fixture.clock.advance(2_000 + 4_000);
    expect(starts(fixture)).toHaveLength(3);
  });

  it('asks the next candidate when one cannot be reached', async () => {
    const policy = { ...inOrderPolicy, scheduleReceivers: () => new Map([[0, [at('a'), at('b')]]]) };
    const fixture = new ReceiverTrackerFixture({ policy });
    fixture.backend.answer('StartReceiver', (executorId) => {
      if (executorId === 'a') throw coreError('MR_EXECUTOR_UNREACHABLE', 'no answer');
    });
    await fixture.tracker.start();
    await fixture.settle();
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@b']);
    expect(await fixture.register(0, { attemptId: '7.1.attempt1', executorId: 'a' })).toMatchObject({
      accepted: false,
    });
    expect(await fixture.register()).toEqual({ accepted: true });
  });

  it('accepts a registration although the answer to the start was lost', async () => {
    const fixture = new ReceiverTrackerFixture();
    fixture.backend.answer('StartReceiver', async () => {
      await fixture.register();
      throw coreError('MR_EXECUTOR_UNREACHABLE', 'no answer');
    });
    await fixture.tracker.start();
    await fixture.clock.advance(60_000);
    expect(starts(fixture)).toHaveLength(1);
    expect(fixture.receiver?.isActive).toBe(true);
  });

  it('tries again when the policy throws', async () => {
    let calls = 0;
    const policy: SchedulingPolicy = {
      ...inOrderPolicy,
      rescheduleReceiver: (_receiver, _placements, executors) => {
        calls += 1;
        if (calls === 1) throw new Error('no idea');
        return executors;
      },
    };
    const fixture = await new ReceiverTrackerFixture({ policy }).startAll();
    await fixture.deregister('failed');
    await fixture.clock.advance(2_000);
    expect(fixture.receiver?.lastError?.code).toBe('MR_TRACKING_POLICY_FAILED');
    await fixture.clock.advance(4_000);
    expect(starts(fixture)).toHaveLength(2);
  });

  it('passes the place of every receiver to the policy', async () => {
    const seen: unknown[] = [];
    const policy: SchedulingPolicy = {
      ...inOrderPolicy,
      rescheduleReceiver: (_receiver, placements, executors) => {
        seen.push(...placements.map(({ state, runningExecutor }) => [state, runningExecutor?.executorId]));
        return executors;
      },
    };
    const fixture = await new ReceiverTrackerFixture({ policy, receiverCount: 2 }).startAll();
    await fixture.deregister('failed');
    await fixture.clock.advance(2_000);
    expect(seen).toEqual([
      ['INACTIVE', undefined],
      ['ACTIVE', 'b'],
    ]);
  });
});

describe('ReceiverTracker: restarts by the supervisor', () => {
  it('keeps the place of a receiver that its supervisor restarts', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting');
    expect(fixture.receiver?.isActive).toBe(false);
    expect(await fixture.register(0, { executorId: 'b' })).toMatchObject({ accepted: false });
    await fixture.clock.advance(60_000);
    expect(await fixture.register()).toEqual({ accepted: true });
    expect(starts(fixture)).toEqual(['7.1.attempt1@a']);
    expect(fixture.receiver).toMatchObject({ state: 'starting', restarts: 1, isActive: true });
    await fixture.reportStarted();
    expect(fixture.receiver).toMatchObject({ state: 'active', restarts: 1 });
  });

  it('ignores late messages of an earlier run of the attempt', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting');
    expect(await fixture.register(0, { run: 1 })).toMatchObject({ accepted: false });
    await fixture.reportStarted(0, { run: 1 });
    expect(fixture.receiver?.state).toBe('restarting');
    await fixture.register();
    await fixture.reportStarted(0, { run: 1 });
    await fixture.reportStarted(0, { attemptId: 'another' });
    expect(fixture.receiver?.state).toBe('starting');
    await fixture.reportStarted();
    await fixture.reportStarted();
    expect(fixture.eventNames().filter((event) => event === 'receiver:started')).toHaveLength(2);
  });

  it('counts a repeated message of a restart once, and keeps a later run', async () => {
    const fatal: unknown[] = [];
    const fixture = await new ReceiverTrackerFixture({
      restartBounds: { maxRestarts: 1, healthyAfterMs: 60_000 },
      onFatal: (error) => fatal.push(error),
    }).startAll();
    await fixture.deregister('restarting', { run: 1 });
    await fixture.deregister('restarting', { run: 1 });
    expect(fixture.receiver).toMatchObject({ state: 'restarting', restarts: 1 });
    await fixture.run();
    await fixture.deregister('restarting', { run: 1 });
    await fixture.clock.advance(900_000 + 2_000);
    expect(fixture.receiver).toMatchObject({ state: 'active', restarts: 1 });
    expect([fatal, starts(fixture)]).toEqual([[], ['7.1.attempt1@a']]);
  });

  it('starts the receiver elsewhere when it does not return (REC-3)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting');
    await fixture.clock.advance(900_000 + 2_000);
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@a']);
  });

  it('starts the receiver elsewhere when its executor is lost meanwhile (REC-3)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('restarting');
    fixture.backend.loseExecutor('a');
    await fixture.clock.advance(2_000);
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@b']);
  });
});

describe('ReceiverTracker: the end of sources', () => {
  it('never starts a final receiver again', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.deregister('final');
    await fixture.clock.advance(1_000_000);
    expect(starts(fixture)).toHaveLength(1);
    expect(fixture.receiver).toMatchObject({ isActive: false, isFinal: true });
    expect(fixture.receiver).not.toHaveProperty('lastErrorMessage');
    expect(await fixture.register()).toMatchObject({ accepted: false });
  });

  it('resolves sourcesEnded when every receiver is final', async () => {
    const fixture = await new ReceiverTrackerFixture({ receiverCount: 2 }).startAll();
    let hasEnded = false;
    void fixture.tracker.sourcesEnded().then(() => {
      hasEnded = true;
    });
    await fixture.deregister('final');
    await fixture.settle();
    expect(hasEnded).toBe(false);
    await fixture.deregister('final', { streamId: 1 });
    await fixture.settle();
    expect(hasEnded).toBe(true);
  });
});

describe('ReceiverTracker: executors added and lost', () => {
  it('moves the healthy receivers of a lost executor at once (REC-3)', async () => {
    const fixture = await new ReceiverTrackerFixture({ receiverCount: 2 }).startAll();
    await fixture.clock.advance(60_000);
    fixture.backend.loseExecutor('a');
    await fixture.settle();
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@b', '7.3.attempt3@b']);
    expect(fixture.eventNames().at(-1)).toBe('receiver:stopped');
    expect(fixture.receiver?.lastError?.code).toBe('MR_TRACKING_EXECUTOR_LOST');
  });

  it('moves a receiver that had just begun after a delay', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    fixture.backend.loseExecutor('a');
    await fixture.settle();
    expect(starts(fixture)).toHaveLength(1);
    await fixture.clock.advance(2_000);
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@b']);
  });

  it('keeps a receiver waiting while there is no executor (SCH-1)', async () => {
    const fixture = await new ReceiverTrackerFixture({ executorIds: ['a'] }).startAll();
    fixture.backend.loseExecutor('a');
    await fixture.clock.advance(600_000);
    expect(starts(fixture)).toHaveLength(1);
    fixture.backend.addExecutor('c');
    await fixture.settle();
    expect(starts(fixture)).toEqual(['7.1.attempt1@a', '7.2.attempt2@c']);
  });

  it('asks the policy again when no executor lives at the host it named (SCH-1)', async () => {
    const policy = { ...inOrderPolicy, scheduleReceivers: () => new Map([[0, [{ host: 'nowhere' }]]]) };
    const fixture = await new ReceiverTrackerFixture({ policy }).startAll();
    expect(starts(fixture)).toEqual(['7.1.attempt1@a']);
  });

  it('gives a new executor to the waiting receivers only', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    fixture.backend.addExecutor('c');
    await fixture.settle();
    expect(starts(fixture)).toHaveLength(1);
  });

  it('starts no receiver once a newer driver has taken over', async () => {
    const replaced: unknown[] = [];
    const fixture = new ReceiverTrackerFixture({ onReplaced: (error) => replaced.push(error) });
    fixture.backend.answer('StartReceiver', () => {
      throw coreError('MR_EXECUTOR_STALE_EPOCH', 'epoch 8 is in charge');
    });
    await fixture.tracker.start();
    await fixture.clock.advance(600_000);
    expect(starts(fixture)).toHaveLength(1);
    expect(replaced).toHaveLength(1);
  });
});

describe('ReceiverTracker: replayable sources', () => {
  const blockAt = (sequence: number, attempt: string) => ({
    attemptId: attempt,
    block: receivedBlock(sequence, { attempt, metadata: { position: sequence } }),
  });

  it('answers a registration with the position of the last registered block', async () => {
    const fixture = await new ReceiverTrackerFixture({ isReplayable: true }).startAll();
    await fixture.tracker.ask('AddBlock', blockAt(7, '7.1.attempt1'));
    await fixture.deregister('restarting');
    expect(await fixture.register()).toEqual({ accepted: true, resumeFrom: 7 });
  });

  it('answers a registration after the blocks that are being logged, and then refuses blocks of the earlier attempt', async () => {
    const fixture = await new ReceiverTrackerFixture({ isReplayable: true }).startAll();
    fixture.metadataLog.hold();
    const added = fixture.tracker.ask('AddBlock', blockAt(7, '7.1.attempt1'));
    await fixture.settle();
    fixture.backend.loseExecutor('a');
    await fixture.clock.advance(2_000);
    const registered = fixture.register();
    await fixture.settle();
    const late = fixture.tracker.ask('AddBlock', blockAt(8, '7.1.attempt1'));
    fixture.metadataLog.release();
    expect(await added).toEqual({ accepted: true });
    expect(await registered).toEqual({ accepted: true, resumeFrom: 7 });
    expect(await late).toMatchObject({ accepted: false });
  });

  it('sends no position to other sources', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.tracker.ask('AddBlock', blockAt(7, '7.1.attempt1'));
    await fixture.deregister('restarting');
    expect(await fixture.register()).toEqual({ accepted: true });
  });
});

function at(executorId: string) {
  return { executorId, host: `host-${executorId}` };
}
