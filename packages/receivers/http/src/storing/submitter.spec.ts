import { isMillraceError, type ManualClock } from '@millrace/core';
import { RecordingReceiverContext, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { recordsPayload } from '../bodies/payload.ts';
import type { HttpSettings } from '../http-settings.ts';
import { LoopShare } from '../loop-share.ts';
import { type SubmittedRequest, Submitter } from './submitter.ts';

/** A submitter for an engine with room for this number of records. */
function submitterOf(room: number) {
  const context = new RecordingReceiverContext({ room });
  const clock = context.clock as ManualClock;
  const options = { storeWaitMs: 60_000, idempotencyMaxKeys: 10, idempotencyTtlMs: 60_000 } as HttpSettings;
  const submitter = new Submitter(context, options, new LoopShare(clock));
  const passage: SubmittedRequest['passage'] = {
    addBytes: () => undefined,
    addRecords: () => undefined,
    releaseBytes: () => undefined,
  };
  const submit = (body: string, key?: string, gone = new AbortController().signal) =>
    submitter.submit(Buffer.from(body), {
      type: 'application/json',
      parse: async (bytes) => recordsPayload([bytes.toString()]),
      key,
      passage,
      gone,
    });
  return { context, clock, submitter, submit };
}

/** `stored`, or the code or the name of the failure. */
const outcomeOf = (receipt: Promise<unknown>): Promise<string> =>
  receipt.then(
    () => 'stored',
    (error: unknown) => (isMillraceError(error) ? error.code : (error as Error).name),
  );

describe('Submitter', () => {
  it('stores a keyed request whose client is gone, because repetitions may wait for it', async () => {
    const { context, clock, submit } = submitterOf(1);
    await submit('before');
    const client = new AbortController();
    const first = await submit('paid', 'order-17', client.signal);
    const second = await submit('paid', 'order-17');
    await settle();
    client.abort();
    await settle();
    context.makeRoom();
    await settle();
    expect(context.records).toEqual(['before', 'paid']);
    expect([first.isReplay, second.isReplay, clock.pendingTimers]).toEqual([false, true, 0]);
  });

  it('drops a request without a key whose client is gone', async () => {
    const { context, submit } = submitterOf(1);
    await submit('before');
    const client = new AbortController();
    const { receipt } = await submit('unheard', undefined, client.signal);
    const outcome = outcomeOf(receipt);
    await settle();
    client.abort();
    expect(await outcome).toBe('ClientGone');
    context.makeRoom();
    await settle();
    expect(context.records).toEqual(['before']);
  });

  it('fails every request that is not known to be durable when the receiver ends', async () => {
    const { submitter, submit } = submitterOf(10);
    const { receipt } = await submit('stored');
    const outcome = outcomeOf(receipt);
    await settle();
    submitter.stop();
    submitter.close();
    expect(await outcome).toBe('MR_HTTP_NOT_STORED');
  });
});
