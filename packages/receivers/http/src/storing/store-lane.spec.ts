import { isMillraceError, type ManualClock } from '@millrace/core';
import { RecordingReceiverContext, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { recordsPayload } from '../bodies/payload.ts';
import { ClientGone } from '../client-gone.ts';
import { LoopShare } from '../loop-share.ts';
import { StoreLane } from './store-lane.ts';
import { Submission } from './submission.ts';

const WAIT_MS = 2_000;

function laneOf(room?: number) {
  const context = new RecordingReceiverContext(room === undefined ? {} : { room });
  const lane = new StoreLane({ context, storeWaitMs: WAIT_MS, share: new LoopShare(context.clock) });
  /** Stores these records; returns the code of the failure, if any. */
  const store = async (records: readonly unknown[], gone?: AbortSignal): Promise<string> => {
    const payload = recordsPayload(records);
    try {
      await lane.store(payload, new Submission(payload), gone);
      return 'stored';
    } catch (error) {
      return isMillraceError(error) ? error.code : (error as Error).name;
    }
  };
  return { context, lane, store, clock: context.clock as ManualClock };
}

describe('StoreLane', () => {
  it('stores one request after the other, with one token per record (REC-1)', async () => {
    const { context, store } = laneOf();
    expect(await Promise.all([store([1, 2]), store([]), store([3])])).toEqual(['stored', 'stored', 'stored']);
    expect(context.records).toEqual([1, 2, 3]);
    const [first, second, third] = context.unacknowledged;
    expect(first).toBe(second);
    expect(third).not.toBe(first);
  });

  it('waits for ready inside a request, and keeps its records together (BLK-1, BLK-2)', async () => {
    const { context, lane, store } = laneOf(1);
    const both = Promise.all([store([1, 2, 3]), store([4])]);
    await settle();
    expect(context.records).toEqual([1]);
    expect(lane.isHeld).toBe(true);
    context.makeRoom(1);
    await settle();
    expect(context.records).toEqual([1, 2]);
    context.makeRoom();
    expect(await both).toEqual(['stored', 'stored']);
    expect(context.records).toEqual([1, 2, 3, 4]);
  });

  it('refuses a request whose turn does not come in time, with nothing stored', async () => {
    const { context, lane, store, clock } = laneOf(1);
    expect(await store([1])).toBe('stored');
    const waiting = store([2]);
    await clock.advance(WAIT_MS - 1);
    expect(() => lane.assertNotLimited()).not.toThrow();
    await clock.advance(1);
    expect(await waiting).toBe('MR_HTTP_LIMITED');
    expect(problemFrom(() => lane.assertNotLimited()).code).toBe('MR_HTTP_LIMITED');
    expect(context.records).toEqual([1]);
    context.makeRoom();
    await settle();
    expect(() => lane.assertNotLimited()).not.toThrow();
    expect(await store([3])).toBe('stored');
    expect(clock.pendingTimers).toBe(0);
  });

  it('completes a request that has begun, for any duration', async () => {
    const { context, store, clock } = laneOf(1);
    const begun = store([1, 2]);
    await clock.advance(WAIT_MS * 10);
    context.makeRoom();
    expect(await begun).toBe('stored');
  });

  it('drops a request whose client is gone before its turn, and no other request', async () => {
    const { context, store } = laneOf(1);
    const client = new AbortController();
    const begun = store([1, 2], client.signal);
    const waiting = store([3], client.signal);
    await settle();
    client.abort();
    expect(await waiting).toBe(new ClientGone().name);
    context.makeRoom();
    expect(await begun).toBe('stored');
    expect(context.records).toEqual([1, 2]);
  });

  it('ends on a stop, inside a request and before a turn', async () => {
    const { context, lane, store, clock } = laneOf(1);
    const both = Promise.all([store([1, 2]), store([3])]);
    await settle();
    context.abort();
    lane.stop();
    expect(await both).toEqual(['MR_HTTP_STOPPING', 'MR_HTTP_STOPPING']);
    expect(await store([4])).toBe('MR_HTTP_STOPPING');
    expect(context.errors).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('reports a failure of storing, and continues', async () => {
    const { context, lane, store } = laneOf();
    const payload = {
      ...recordsPayload([1]),
      storePiece: () => {
        throw new Error('broken');
      },
    };
    await expect(lane.store(payload, new Submission(payload))).rejects.toMatchObject({
      code: 'MR_HTTP_NOT_STORED',
    });
    expect(context.errors).toHaveLength(1);
    expect(await store([2])).toBe('stored');
  });
});
