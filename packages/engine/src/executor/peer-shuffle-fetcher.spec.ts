import { MsgpackCodec } from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorPeers, type FetchBuckets } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import { PeerShuffleFetcher } from './peer-shuffle-fetcher.ts';

const codec = new MsgpackCodec();

/** A fetcher on executor `own`; other executors answer with `answer`. */
function fetcher(
  executors: readonly string[],
  answer: (id: string, request: FetchBuckets) => (unknown[] | null)[],
) {
  const shuffleStore = new ShuffleStore();
  const requests: [string, FetchBuckets][] = [];
  const ask = async (executorId: string, _kind: string, request: FetchBuckets) => {
    requests.push([executorId, request]);
    const buckets = answer(executorId, request);
    return { buckets: buckets.map((bucket) => bucket && codec.encodeRecords(bucket)) };
  };
  const peers = { ask } as unknown as ExecutorPeers;
  const shuffles = [{ shuffleId: 's', executors }];
  const parts = { executorId: 'own', epoch: 1, shuffles, shuffleStore, peers, codec };
  return { shuffleStore, requests, fetcher: new PeerShuffleFetcher(parts) };
}

const read = { shuffleId: 's', mapPartitions: 3, partition: 1 };

describe('PeerShuffleFetcher', () => {
  it('reads its own store, asks every other executor once, and keeps the order of map partitions', async () => {
    const made = fetcher(['a', 'own', 'a'], () => [['from 0'], ['from 2']]);
    made.shuffleStore.put('s', 1, [[], ['from 1']]);
    expect(await made.fetcher.fetch(read)).toEqual([['from 0'], ['from 1'], ['from 2']]);
    expect(made.requests).toEqual([['a', { epoch: 1, shuffleId: 's', partition: 1, mapPartitions: [0, 2] }]]);
  });

  it.each([
    ['the executor says it is not there', () => [null], 0],
    [
      'the executor is gone',
      () => {
        throw coreError('MR_EXECUTOR_UNREACHABLE', 'gone');
      },
      0,
    ],
  ])('reports a missing output when %s', async (_, answer, mapPartition) => {
    const made = fetcher(['a'], answer);
    await expect(made.fetcher.fetch({ ...read, mapPartitions: 1 })).rejects.toMatchObject({
      code: 'MR_RDD_SHUFFLE_OUTPUT_MISSING',
      details: { shuffleId: 's', mapPartition },
    });
  });

  it('reports a missing output of its own, without a request to other executors', async () => {
    const made = fetcher(['own'], () => []);
    await expect(made.fetcher.fetch({ ...read, mapPartitions: 1 })).rejects.toMatchObject({
      code: 'MR_RDD_SHUFFLE_OUTPUT_MISSING',
    });
    expect(made.requests).toEqual([]);
  });
});
