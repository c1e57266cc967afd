// A block handler that may wait for some time: its receivers are not held back for that time.
import {
  defineReceiver,
  MemoryBlockStore,
  noOptions,
  provide,
  ReceivedBlockHandler,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

/** A handler whose blocks never become durable, with this stall. */
function stalledHandler(stallMs?: number): ReceivedBlockHandler {
  const blocks = new MemoryBlockStore();
  return {
    durability: 'machine',
    ...(stallMs === undefined ? {} : { stallMs }),
    storeBlock: () => new Promise(() => undefined),
    readBlock: ({ blockId }) => blocks.get(blockId),
    cleanupOldBlocks: async () => undefined,
    removeBlocks: (ids) => blocks.remove(ids),
  };
}

/** The time, in ms, for which a receiver of one record every 100 ms is told to go on. */
async function heldBackAfterMs(stallMs?: number): Promise<number | undefined> {
  const { clock, plugin } = virtualPorts();
  let heldBackMs: number | undefined;
  const store = (context: ReceiverContext<number>): void => {
    if (context.signal.aborted) return;
    if (!context.store(1)) heldBackMs ??= clock.now();
    clock.after(100, () => store(context));
  };
  const source = defineReceiver({
    name: 'steady',
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
    create: (): Receiver<number> => ({ start: store, stop: () => undefined }),
  });
  const ssc = new StreamingContext({
    appName: 'stalls',
    batchIntervalMs: 1_000,
    plugins: [plugin, provide(ReceivedBlockHandler, stalledHandler(stallMs))],
  });
  ssc.receiverStream(source({})).print();
  await ssc.start();
  await clock.advance(15_000);
  await ssc.stop({ graceful: false });
  return heldBackMs;
}

describe('a block handler that stalls', () => {
  it('holds its receivers back after 2 s by default', async () => {
    const ms = await heldBackAfterMs();
    expect(ms).toBeGreaterThan(1_500);
    expect(ms).toBeLessThan(3_000);
  });

  it('holds its receivers back after the time that it declares (HANDLER-21)', async () => {
    const ms = await heldBackAfterMs(10_000);
    expect(ms).toBeGreaterThan(10_000);
    expect(ms).toBeLessThan(12_000);
  });

  it.each([Number.NaN, -5, Infinity])('takes %s for no stall', async (stallMs) => {
    expect(await heldBackAfterMs(stallMs)).toBeLessThan(3_000);
  });
});
