import { isMillraceError, type ManualClock } from '@millrace/core';
import { RecordingReceiverContext, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { recordsPayload } from '../bodies/payload.ts';
import type { HttpSettings } from '../http-settings.ts';
import { LoopShare } from '../loop-share.ts';
import type { Submission } from './submission.ts';
import { type SubmittedRequest, Submitter } from './submitter.ts';

/** A submitter for an engine with room for this number of records. */
function submitterOf(room: number) {
  const context = new RecordingReceiverContext({ room });
  const clock = context.clock as ManualClock;
  const options = {
    storeWaitMs: 60_000,
    answerTimeoutMs: 1_000,
    idempotencyMaxKeys: 10,
    idempotencyTtlMs: 60_000,
  } as HttpSettings;
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
  /** Submits a body whose records are validated one after the other, each in this time. */
  const validate = (count: number, eachMs: number) =>
    submitter.submit(Buffer.from('slow'), {
      type: 'application/json',
      parse: async (_bytes, room) => {
        for (let done = 0; done < count; done += 1) await room.inTime(clock.sleepFor(eachMs));
        return recordsPayload(['valid']);
      },
      key: undefined,
      passage,
      gone: new AbortController().signal,
    });
  return { context, clock, submitter, submit, validate };
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

  it.each([
    [2, 'stored', ['valid']],
    [3, 'MR_HTTP_ANSWER_LATE', []],
  ])(
    'gives the validation of a whole request the time of one answer: %d records',
    async (count, end, stored) => {
      const { context, clock, validate } = submitterOf(10);
      const { receipt } = await validate(count, 400);
      const outcome = outcomeOf(receipt);
      await clock.advance(2_000);
      for (const token of context.unacknowledged) (token as Submission).acknowledge();
      expect([await outcome, context.records]).toEqual([end, stored]);
    },
  );
});
