import { type Block, MsgpackCodec, NoopLogger } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { gate, recordsOf, ScriptedHandler } from '../../test/receiving-fakes.ts';
import { BlockDelivery, type BlockDeliveryDeps } from './block-delivery.ts';

const blockOf = (...records: unknown[]): Block => ({
  kind: 'records',
  chunks: [{ records, length: records.length }],
  recordCount: records.length,
  sizeBytes: 10 * records.length,
});

/** A delivery whose driver accepts every block, and a record of its effects. */
function deliveryOf(differences: Partial<BlockDeliveryDeps> = {}) {
  const handler = new ScriptedHandler();
  const registered: unknown[] = [];
  const acknowledged: unknown[] = [];
  const giveUp = new AbortController();
  const delivery = new BlockDelivery({
    streamId: 0,
    attemptId: 'a',
    executorId: 'e',
    handler,
    codec: new MsgpackCodec(),
    link: {
      ask: async ({ request }: { readonly request: unknown }) => {
        registered.push(request);
        return { accepted: true };
      },
    },
    onRegistered: () => undefined,
    acknowledger: {
      room: async () => undefined,
      add: (tokens: readonly unknown[]) => void acknowledged.push(...tokens),
    },
    isReplayable: false,
    storesPlainRecords: false,
    readsRanges: false,
    resumeFrom: undefined,
    readsDriverLog: false,
    log: new NoopLogger(),
    ...differences,
  } as unknown as BlockDeliveryDeps);
  const deliver = (id: string, block: Block) =>
    delivery.deliver(
      { id, block, continues: false, tokens: [`token of ${id}`], metadata: undefined },
      giveUp.signal,
    );
  return { handler, registered, acknowledged, giveUp, deliver };
}

describe('BlockDelivery', () => {
  it('stores, registers and acknowledges, in this order (REC-1)', async () => {
    const { handler, registered, acknowledged, deliver } = deliveryOf();
    const stored = gate();
    handler.before = () => stored.promise;
    const delivered = deliver('b-0', blockOf(1, 2));
    await Promise.resolve();
    expect([registered, acknowledged]).toEqual([[], []]);
    stored.resolve();
    await delivered;
    expect([registered.length, acknowledged]).toEqual([1, ['token of b-0']]);
  });

  it('removes a block that was stored after its caller stopped waiting', async () => {
    const { handler, registered, acknowledged, giveUp, deliver } = deliveryOf();
    handler.before = () => giveUp.abort(new Error('given up'));
    await expect(deliver('b-0', blockOf(1))).rejects.toThrow('given up');
    expect([handler.removed, registered, acknowledged]).toEqual([['b-0'], [], []]);
  });

  it('lets the handler store a block inside its registration, and registers once (REC-1)', async () => {
    const { handler, registered, acknowledged, deliver } = deliveryOf({ readsDriverLog: true });
    handler.durability = 'machine';
    await deliver('b-0', blockOf(1, Symbol('a')));
    const block = { blockId: 'b-0', recordCount: 1, durability: 'machine', streamId: 0, executorId: 'e' };
    expect(registered).toMatchObject([
      { attemptId: 'a', block, leftOut: { recordCount: 1 }, content: Buffer.from('content of b-0') },
    ]);
    expect(acknowledged).toEqual(['token of b-0']);
  });

  it('acknowledges nothing when the registration of a block with its content fails (REC-1)', async () => {
    const ask = () => Promise.reject(new Error('no answer'));
    const { handler, acknowledged, deliver } = deliveryOf({
      readsDriverLog: true,
      link: { ask } as unknown as BlockDeliveryDeps['link'],
    });
    await expect(deliver('b-0', blockOf(1))).rejects.toThrow('no answer');
    expect([handler.removed, acknowledged]).toEqual([[], []]);
  });

  it('acknowledges a block with left-out records, and reports their number', async () => {
    const { handler, registered, acknowledged, deliver } = deliveryOf();
    await deliver('b-0', blockOf(1, Symbol('a'), 2));
    expect(handler.stored.flatMap(({ block }) => recordsOf(block))).toEqual([1, 2]);
    expect(registered).toMatchObject([{ block: { recordCount: 2 }, leftOut: { recordCount: 1 } }]);
    expect(acknowledged).toEqual(['token of b-0']);
  });
});
