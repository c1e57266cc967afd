import { MsgpackCodec, type Block, type ReceivedBlockInfo } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { executorsNamed, RddCluster } from '../../test/rdd-cluster.ts';
import { blockRdd } from './block-rdd.ts';

const info = (blockId: string, executorId = 'one', continues?: boolean): ReceivedBlockInfo => ({
  blockId,
  executorId,
  streamId: 0,
  recordCount: 2,
  sizeBytes: 10,
  durability: 'memory',
  ...(continues === undefined ? {} : { continues }),
});

const records = (...values: unknown[]): Block => ({
  kind: 'records',
  chunks: [{ records: [...values, 'spare room'], length: values.length }],
  recordCount: values.length,
  sizeBytes: 10,
});

const text = (...chunks: string[]): Block => ({
  kind: 'text',
  chunks: chunks.map((chunk) => Buffer.from(chunk)),
  recordCount: 2,
  sizeBytes: 10,
});

describe('blockRdd', () => {
  it('reads records, text and encoded blocks, one partition each', async () => {
    const bytes = new MsgpackCodec().encodeRecords([{ n: 1 }, 2n]);
    const { environment } = new RddCluster({
      blocks: new Map<string, Block>([
        ['a', records(1, 2)],
        ['b', text('one\nt', 'wo\n', '\n')],
        ['c', { kind: 'encoded', bytes, recordCount: 2, sizeBytes: bytes.length }],
      ]),
    });
    const rdd = blockRdd<unknown>(
      environment,
      ['a', 'b', 'c'].map((id) => info(id)),
    );
    expect(await rdd.glom().collect()).toEqual([
      [1, 2],
      ['one', 'two', ''],
      [{ n: 1 }, 2n],
    ]);
    expect(blockRdd(environment, []).partitionCount).toBe(0);
  });

  it('joins blocks that continue a partition on one executor (BAT-4)', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const { environment } = new RddCluster({
      executors: executorsNamed('one', 'two'),
      blocks: new Map(ids.map((id): [string, Block] => [id, id === 'b' ? text('b\n') : records(id)])),
    });
    // The first block of a batch may continue a partition of the batch before.
    const rdd = blockRdd<string>(environment, [
      info('a', 'one', true),
      info('b', 'one', true),
      info('c', 'two', true),
      info('d', 'two'),
      info('e', 'two', true),
    ]);
    expect(await rdd.glom().collect()).toEqual([['a', 'b'], ['c'], ['d', 'e']]);
  });

  it('fails the job when a block is lost, so that no records are silently missing', async () => {
    const { environment } = new RddCluster({ blocks: new Map([['a', records(1)]]) });
    const rdd = blockRdd<number>(environment, [info('a'), info('gone')]);
    await expect(rdd.count()).rejects.toMatchObject({
      code: 'MR_RDD_TASK_FAILED',
      cause: { code: 'MR_BLOCK_LOST', details: { blockId: 'gone', recordCount: 2 } },
    });
  });

  it('runs tasks on the executors of their blocks, through operators too', async () => {
    const blocks = new Map(['a', 'b', 'c'].map((id): [string, Block] => [id, records(id)]));
    const cluster = new RddCluster({ executors: executorsNamed('one', 'two'), blocks });
    const rdd = blockRdd<string>(cluster.environment, [info('a', 'two'), info('b', 'one'), info('c', 'two')]);
    const all = rdd.map((name) => name).union(cluster.environment.empty());
    expect(await all.collect()).toEqual(['a', 'b', 'c']);
    const byPartition = cluster.sent.toSorted((x, y) => x.request.task.partition - y.request.task.partition);
    expect(byPartition.map(({ executorId }) => executorId)).toEqual(['two', 'one', 'two']);
  });
});
