// Programs on executors of two hosts: data goes over real sockets, everything else over connections in memory.
import { settle, TcpProxy } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { formatDataAddress } from '../src/data/data-address.ts';
import { directAdoption, directPair } from '../src/data/direct-connector.ts';
import type { PeerService } from '../src/transport.ts';
import { codec, DataRig } from './data-rig.ts';
import { HandSource } from './sources.ts';
import { VirtualCluster } from './virtual-cluster.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Counts words on two executors, each behind a data server, with a link that a test can cut. */
async function wordCount() {
  const sources = [new HandSource(), new HandSource()];
  const counts = new Map<string, number>();
  const overSession: string[] = [];
  const served: string[] = [];
  /** The answers of each executor, as its session gives them to its connections. */
  const executors = new Map<string, PeerService['answer']>();
  const rig = await DataRig.start({
    answer: async (to, kind, request) => {
      served.push(kind);
      return executors.get(to)?.(kind, request);
    },
  });
  const proxy = await TcpProxy.start({ port: rig.server.address.port });
  closers.push(
    () => rig.close(),
    () => proxy.close(),
  );
  const cluster = new VirtualCluster(
    (ssc) =>
      ssc
        .union(...sources.map((source) => ssc.receiverStream(source.receiver())))
        // One task reads the blocks of both executors.
        .transform((rdd) => rdd.coalesce(1))
        .repartition(4)
        .map((word) => [word, 1])
        .reduceByKey((left, right) => left + right, 4)
        .foreachRDD(async (rdd) => {
          for (const [word, count] of await rdd.collect()) counts.set(word, (counts.get(word) ?? 0) + count);
        }),
    {
      carry: (message, deliver) => {
        const { kind } = message as { readonly kind?: string };
        if (kind !== undefined && /Fetch(Buckets|Block)|Piece/.test(kind)) overSession.push(kind);
        queueMicrotask(deliver);
      },
      connect: {
        pair: (pair) => directPair(pair, () => formatDataAddress(proxy)),
        adopt: (slot, adopt) => {
          const { clock, log } = rig;
          const direct = directAdoption({ adopt, fetcher: rig.fetcher(), clock, codec, log });
          return (attachment, service) => {
            executors.set(`executor-${slot}`, service.answer);
            return direct(attachment, service);
          };
        },
      },
    },
  );
  closers.unshift(() => cluster.ssc.stop({ graceful: false }));
  await cluster.start();
  await settle();
  /** Stores words and lets batches pass until all words are counted. */
  const count = async (words: readonly string[], total: number) => {
    for (const [index, word] of words.entries()) sources[index % 2]?.current.store(word, word);
    const counted = () => [...counts.values()].reduce((sum, one) => sum + one, 0);
    for (let step = 0; step < 1_000 && counted() < total; step += 1) {
      if (step < 20) await cluster.clock.advance(100);
      await rig.clock.advance(100);
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
    return Object.fromEntries(counts);
  };
  return { cluster, proxy, count, served, overSession };
}

const WORDS = Array.from({ length: 40 }, (_, index) => `word ${index % 8}`);
const once = Object.fromEntries(WORDS.map((word) => [word, 5]));
const twice = Object.fromEntries(WORDS.map((word) => [word, 10]));

describe('a program on executors of two hosts', () => {
  it('fetches blocks and buckets directly, and none over a session', async () => {
    const { count, served, overSession } = await wordCount();
    expect(await count(WORDS, 40)).toEqual(once);
    expect(new Set(served)).toEqual(new Set(['FetchBlock', 'FetchBuckets']));
    expect(overSession).toEqual([]);
  });

  it('counts every word once when the link between the hosts is cut', async () => {
    const { count, proxy, served, overSession } = await wordCount();
    expect(await count(WORDS, 40)).toEqual(once);
    const before = served.length;
    proxy.goSilent();
    expect(await count(WORDS, 80)).toEqual(twice);
    expect(served).toHaveLength(before);
    expect(overSession).toContain('BeginPieces');
  });
});
