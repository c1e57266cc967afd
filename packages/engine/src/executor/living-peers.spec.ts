import { isMillraceError, MsgpackCodec } from '@millrace/core';
import type { ExecutorPeers } from '@millrace/core/engine';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import { LivingPeers } from './living-peers.ts';
import { PeerShuffleFetcher } from './peer-shuffle-fetcher.ts';

/** Peers that answer only when the test says so, or never. */
function hangingPeers() {
  const answers: { readonly executorId: string; readonly answer: (reply: unknown) => void }[] = [];
  const ask = (executorId: string) => new Promise((answer) => answers.push({ executorId, answer }));
  return { answers, peers: new LivingPeers({ ask } as unknown as ExecutorPeers) };
}

const request = { epoch: 1, shuffleId: 's', partition: 0, mapPartitions: [0] };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (isMillraceError(error) ? error.code : error),
  );

describe('LivingPeers', () => {
  it('abandons requests to an executor that is gone, and to no other executor', async () => {
    const { answers, peers } = hangingPeers();
    const outcomes = ['a', 'b', 'a'].map((executorId) =>
      codeOf(peers.ask(executorId, 'FetchBuckets', request)),
    );
    peers.onGone('a');
    expect(await outcomes[0]).toBe('MR_EXECUTOR_UNREACHABLE');
    expect(await outcomes[2]).toBe('MR_EXECUTOR_UNREACHABLE');
    expect(peers.openQuestions).toBe(1);
    for (const { answer } of answers) answer({ buckets: [] });
    expect(await outcomes[1]).toBe('answered');
    await settle();
    expect(peers.openQuestions).toBe(0);
  });

  it('sends no request to an executor that is known to be gone', async () => {
    const { answers, peers } = hangingPeers();
    peers.onGone('a');
    expect(await codeOf(peers.ask('a', 'FetchBuckets', request))).toBe('MR_EXECUTOR_UNREACHABLE');
    expect(answers).toEqual([]);
  });

  it('remembers a bounded number of lost executors', async () => {
    const { answers, peers } = hangingPeers();
    for (let life = 0; life < 1_001; life += 1) peers.onGone(`thread-${life}`);
    void peers.ask('thread-0', 'FetchBuckets', request);
    expect(await codeOf(peers.ask('thread-1000', 'FetchBuckets', request))).toBe('MR_EXECUTOR_UNREACHABLE');
    expect(answers.map(({ executorId }) => executorId)).toEqual(['thread-0']);
  });

  it('turns a fetch that waits for a dead executor into a missing output', async () => {
    const { peers } = hangingPeers();
    const fetcher = new PeerShuffleFetcher({
      executorId: 'own',
      epoch: 1,
      shuffles: [{ shuffleId: 's', executors: ['a'] }],
      shuffleStore: new ShuffleStore(),
      peers,
      codec: new MsgpackCodec(),
    });
    const fetched = codeOf(fetcher.fetch({ shuffleId: 's', mapPartitions: 1, partition: 0 }));
    peers.onGone('a');
    expect(await fetched).toBe('MR_RDD_SHUFFLE_OUTPUT_MISSING');
  });
});
