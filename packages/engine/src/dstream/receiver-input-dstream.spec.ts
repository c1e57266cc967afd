import { describe, expect, it } from 'vitest';
import { idleReceiverStream as receiverStream } from '../../test/idle-receiver-stream.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';

describe('a receiver stream', () => {
  it('reads the blocks allocated to each batch, one partition for each', async () => {
    const fixture = new StreamFixture();
    const stream = receiverStream<number>(fixture);
    const seen = fixture.record(stream.glom());
    fixture.allocate(1_000, 0, 'a', [1, 2]);
    fixture.allocate(1_000, 0, 'b', [3]);
    fixture.allocate(2_000, 0, 'c', [4]);
    await fixture.run(3);
    expect([...seen.values()]).toEqual([[[1, 2], [3]], [[4]], []]);
    expect([stream.id, stream.name]).toEqual(['0-numbers', 'numbers from a test [0]']);
  });

  it('reports records, bytes and blocks of every batch', async () => {
    const fixture = new StreamFixture();
    fixture.record(receiverStream<number>(fixture));
    fixture.allocate(1_000, 0, 'a', [1, 2]);
    fixture.allocate(1_000, 0, 'b', [3]);
    await fixture.run(2);
    expect(fixture.reports).toMatchObject([
      { batchTime: 1_000, info: { streamId: 0, recordCount: 3, sizeBytes: 30, blockCount: 2 } },
      { batchTime: 2_000, info: { streamId: 0, recordCount: 0, sizeBytes: 0, blockCount: 0 } },
    ]);
  });

  it('reports the metadata of the blocks that have metadata, of at most 100 blocks', async () => {
    const fixture = new StreamFixture();
    fixture.record(receiverStream<number>(fixture));
    fixture.allocate(1_000, 0, 'a', [1], { position: 7 });
    fixture.allocate(1_000, 0, 'b', [2]);
    fixture.allocate(1_000, 0, 'c', [3], { traceparent: '00-1-2-01' });
    for (let block = 0; block < 101; block += 1) fixture.allocate(2_000, 0, `d-${block}`, [block], block);
    fixture.allocate(3_000, 0, 'e', [4]);
    await fixture.run(3);
    expect(fixture.reports.map(({ info }) => info.metadata)).toEqual([
      { blocks: [{ position: 7 }, { traceparent: '00-1-2-01' }] },
      { blocks: Array.from({ length: 100 }, (_, block) => block) },
      {},
    ]);
  });

  it('gives blocks up when no window reads them any more', async () => {
    const fixture = new StreamFixture();
    const stream = receiverStream<number>(fixture);
    for (const batch of [1, 2, 3, 4, 5]) fixture.allocate(batch * 1_000, 0, `block-${batch}`, [batch]);
    const seen = fixture.record(stream.window(2_000));
    await fixture.run(5);
    expect([...seen.values()]).toEqual([[1], [1, 2], [2, 3], [3, 4], [4, 5]]);
    expect(fixture.forgotten.map(({ blockIds }) => blockIds)).toEqual([[], [], [], ['block-1'], ['block-2']]);
  });

  it('gives blocks up that no output ever reads', async () => {
    const fixture = new StreamFixture();
    receiverStream<number>(fixture);
    const stream = receiverStream<number>(fixture);
    fixture.record(stream.window(1_000, 3_000));
    for (const streamId of [0, 1]) fixture.allocate(1_000, streamId, `skipped-${streamId}`, [1]);
    await fixture.run(5);
    expect(fixture.forgotten.map(({ blockIds }) => blockIds)).toEqual([
      [],
      ['skipped-0'],
      [],
      [],
      ['skipped-1'],
    ]);
  });

  it('fails the batch when a block is lost, instead of running without it', async () => {
    const fixture = new StreamFixture();
    fixture.record(receiverStream<number>(fixture));
    fixture.allocate(1_000, 0, 'a', [1]);
    fixture.allocate(1_000, 0, 'b', [2]);
    fixture.dropBlock('b');
    await expect(fixture.runBatch(1_000)).rejects.toMatchObject({ cause: { code: 'MR_BLOCK_LOST' } });
  });

  it('reads on an executor the blocks that came with the task', () => {
    const executor = new StreamFixture();
    executor.record(receiverStream<number>(executor).map((n) => n));
    executor.start();
    executor.allocate(1_000, 0, 'a', [1]);
    expect(executor.graph.find(1_000, 0, '1000/1-map').partitionCount).toBe(1);
    expect(executor.graph.inputsOf(1_000)).toEqual(new Map());
  });
});
