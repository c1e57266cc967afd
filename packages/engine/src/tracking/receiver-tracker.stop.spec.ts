import { describe, expect, it } from 'vitest';
import { receivedBlock } from '../../test/received-blocks.ts';
import { ReceiverTrackerFixture } from '../../test/receiver-tracker-fixture.ts';

/** Monotonic; the wall clock of the fixture is at 1,000,000 then. */
const DEADLINE_MS = 10_000;
const graceful = { graceful: true, deadlineMs: DEADLINE_MS };

describe('ReceiverTracker: stop', () => {
  it('asks every live receiver to stop and reports the records left behind (STP-1)', async () => {
    const fixture = await new ReceiverTrackerFixture({ receiverCount: 2 }).startAll();
    fixture.backend.answer('StopReceiver', async (_executorId, { streamId }) => {
      await fixture.deregister('stopped', { streamId, recordsLeft: streamId });
      return { recordsLeft: streamId };
    });
    expect(await fixture.tracker.stop(graceful)).toEqual({
      receivers: [
        { streamId: 0, name: 's0', recordsLeft: 0, hasAnswered: true },
        { streamId: 1, name: 's1', recordsLeft: 1, hasAnswered: true },
      ],
    });
    expect(fixture.eventNames().slice(4)).toEqual(['receiver:stopped', 'receiver:stopped']);
    expect(fixture.tracker.state).toBe('Stopped');
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('ends at the deadline when a receiver does not answer (STP-1)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    fixture.backend.answer('StopReceiver', () => new Promise(() => undefined));
    const stopped = fixture.tracker.stop(graceful);
    await fixture.clock.advance(10_000);
    expect((await stopped).receivers).toEqual([
      { streamId: 0, name: 's0', recordsLeft: 0, hasAnswered: false },
    ]);
    expect(fixture.receiver).toMatchObject({ isActive: false, lastErrorMs: 1_010_000 });
    expect(fixture.eventNames().at(-1)).toBe('receiver:stopped');
  });

  it('does not wait for an executor that is lost while stopping (STP-1)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    fixture.backend.answer('StopReceiver', () => new Promise(() => undefined));
    const stopped = fixture.tracker.stop(graceful);
    fixture.backend.loseExecutor('a');
    expect((await stopped).receivers[0]?.hasAnswered).toBe(false);
    expect(fixture.clock.now()).toBe(1_000_000);
  });

  it('accepts the deregistration in place of a lost answer', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    fixture.backend.answer('StopReceiver', async () => {
      await fixture.deregister('stopped', { recordsLeft: 3 });
      throw new Error('lost');
    });
    expect((await fixture.tracker.stop(graceful)).receivers).toMatchObject([
      { recordsLeft: 3, hasAnswered: true },
    ]);
  });

  it('gives receivers the time up to the deadline, as a duration, or no time at all', async () => {
    const patient = await new ReceiverTrackerFixture().startAll();
    await patient.tracker.stop(graceful);
    const hasty = await new ReceiverTrackerFixture().startAll();
    await hasty.tracker.stop({ graceful: false, deadlineMs: DEADLINE_MS });
    const lengths = [patient, hasty].map(({ backend }) => backend.requests('StopReceiver')[0]?.withinMs);
    expect(lengths).toEqual([10_000, 0]);
  });

  it('accepts blocks while stopping, so that stored records are kept (REC-4)', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    const addBlock = () =>
      fixture.tracker.ask('AddBlock', {
        attemptId: '7.1.attempt1',
        block: receivedBlock(0, { attempt: '7.1.attempt1' }),
      });
    let reply: unknown;
    fixture.backend.answer('StopReceiver', async () => {
      reply = await addBlock();
      return { recordsLeft: 0 };
    });
    await fixture.tracker.stop(graceful);
    expect(reply).toEqual({ accepted: true });
    expect(fixture.tracker.hasUnallocatedBlocks()).toBe(true);
    expect(await addBlock()).toMatchObject({ accepted: false });
  });

  it('leaves the block tracker open for the last batches', async () => {
    const fixture = await new ReceiverTrackerFixture().startAll();
    await fixture.tracker.stop(graceful);
    expect(fixture.metadataLog.closeCount).toBe(0);
    await fixture.blockTracker.allocateBlocksToBatch(1_000);
  });

  it('refuses a receiver that registers late', async () => {
    const fixture = new ReceiverTrackerFixture();
    await fixture.tracker.start();
    const stopped = fixture.tracker.stop(graceful);
    expect(await fixture.register()).toMatchObject({ accepted: false });
    await stopped;
    expect(await fixture.register()).toMatchObject({ accepted: false });
  });

  it('starts no receiver after the stop, when receivers fail or executors are lost', async () => {
    const fixture = await new ReceiverTrackerFixture({ receiverCount: 2 }).startAll();
    await fixture.deregister('failed');
    fixture.backend.answer('StopReceiver', async () => {
      await fixture.deregister('failed', { streamId: 1 });
      return { recordsLeft: 0 };
    });
    await fixture.tracker.stop(graceful);
    fixture.backend.loseExecutor('a');
    fixture.backend.addExecutor('c');
    await fixture.clock.advance(1_000_000);
    expect(fixture.backend.requests('StartReceiver')).toHaveLength(2);
  });

  it('answers a second stop with the result of the first', async () => {
    const { tracker, backend } = await new ReceiverTrackerFixture().startAll();
    const first = tracker.stop(graceful);
    expect(tracker.stop({ graceful: false, deadlineMs: 0 })).toBe(first);
    await first;
    expect(backend.requests('StopReceiver')).toHaveLength(1);
  });

  it('cancels a start that waits for executors', async () => {
    const { tracker, clock } = new ReceiverTrackerFixture({ executorIds: [] });
    const [started, stopped] = await Promise.allSettled([tracker.start(), tracker.stop(graceful)]);
    expect(started).toMatchObject({ status: 'rejected', reason: { code: 'MR_TRACKING_STOPPED' } });
    expect(stopped).toEqual({ status: 'fulfilled', value: { receivers: [] } });
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops without a start', async () => {
    const { tracker, backend } = new ReceiverTrackerFixture();
    await tracker.stop(graceful);
    expect(backend.asks).toEqual([]);
    expect(tracker.state).toBe('Stopped');
  });
});
