// Receivers know of held batches, so that a server among them does not call the engine well.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { expect, it } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

it('receivers are told of held batches, also receivers that start later, and of the end of the hold', async () => {
  const contexts: ReceiverContext<number>[] = [];
  const source = defineReceiver({
    name: 'by-hand',
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
    create: (): Receiver<number> => ({
      start: (context) => void contexts.push(context),
      stop: () => undefined,
    }),
  })({});
  const { clock, plugin } = virtualPorts({ startMs: 10_000 });
  let isFailing = true;
  const ssc = new StreamingContext({
    appName: 'held',
    batchIntervalMs: 1_000,
    batches: { onBatchFailure: 'hold', maxAttempts: 1 },
    plugins: [plugin],
  });
  ssc.receiverStream(source).foreachRDD(() => {
    if (isFailing) throw new Error('the database is away');
  });
  await ssc.start();
  await settle();
  expect(contexts[0]?.heldBatches).toBe(0);
  await clock.advance(3_000);
  expect([ssc.heldBatches, contexts[0]?.heldBatches]).toEqual([[11_000], 1]);
  contexts[0]?.restart('again');
  await clock.advance(3_000);
  expect([contexts.length, contexts[1]?.heldBatches]).toEqual([2, 1]);
  isFailing = false;
  await ssc.retryHeldBatch();
  await clock.advance(1_000);
  expect(contexts[1]?.heldBatches).toBe(0);
  await ssc.stop();
});
