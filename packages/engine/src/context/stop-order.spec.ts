// The order of closing in a stop: nothing is closed while another part still needs it.
import {
  pluginModule,
  type Block,
  type BlockId,
  definePlugin,
  defineReceiver,
  type ManagedResource,
  MemoryBlockStore,
  type Plugin,
  ReceivedBlockHandler,
  type Receiver,
  type ReceiverContext,
  type StoredBlock,
} from '@millrace/core';
import { MemoryReceivedBlockHandler } from '@millrace/core/engine';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

const noOptions = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const;

/** A handler that records its calls, and refuses blocks once it is closed, like a handler over a log. */
class NotingHandler extends MemoryReceivedBlockHandler implements ManagedResource {
  readonly notes: string[] = [];

  override async storeBlock(id: BlockId, block: Block): Promise<StoredBlock> {
    if (this.notes.includes('closed')) throw new Error('the handler is closed');
    this.notes.push(`stored ${block.recordCount}`);
    return super.storeBlock(id, block);
  }

  async open(): Promise<void> {
    this.notes.push('opened');
  }

  async close(): Promise<void> {
    this.notes.push('closed');
  }
}

function handlerPlugin(handler: NotingHandler): Plugin {
  return definePlugin({
    name: 'test-handler',
    version: '1.0.0',
    contract: 1,
    provides: [ReceivedBlockHandler],
    optionsSchema: noOptions,
    module: () => pluginModule((bind) => void bind(ReceivedBlockHandler).toResolvedValue(() => handler)),
  })({});
}

/** A receiver that stores its last record while it is being stopped. */
function lateReceiver() {
  const contexts: ReceiverContext<number>[] = [];
  const configured = defineReceiver({
    name: 'late',
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
  return { configured, current: () => contexts.at(-1) as ReceiverContext<number> };
}

describe('a graceful stop', () => {
  it('stores the block that is still open before it closes the handler (REC-4)', async () => {
    const handler = new NotingHandler(new MemoryBlockStore());
    const { plugin } = virtualPorts({ startMs: 10_000 });
    const plugins = [plugin, handlerPlugin(handler)];
    const ssc = new StreamingContext({ appName: 'test', batchIntervalMs: 1_000, plugins });
    const receiver = lateReceiver();
    const seen: number[] = [];
    ssc
      .receiverStream(receiver.configured)
      .foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    await ssc.start();
    await settle();
    for (const n of [1, 2, 3]) receiver.current().store(n);
    expect(await ssc.stop()).toMatchObject({ isClean: true, unallocatedRecords: 0, errors: [] });
    expect(handler.notes).toEqual(['opened', 'stored 3', 'closed']);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('a batch that fails for good', () => {
  it('is in the log and ends the context, even when no caller waits for its end', async () => {
    const { plugin, clock, log } = virtualPorts({ startMs: 10_000 });
    const ssc = new StreamingContext({
      appName: 'test',
      batchIntervalMs: 1_000,
      plugins: [plugin],
      batches: { onBatchFailure: 'stop', maxAttempts: 1 },
    });
    ssc.queueStream([[1]]).foreachRDD(() => {
      throw new Error('broken output');
    });
    await ssc.start();
    await clock.advance(5_000);
    await settle();
    expect(ssc.state).toBe('STOPPED');
    expect(log.lines.map(({ message }) => message)).toContain('the engine has failed');
  });
});
