import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { HandSource } from './sources.ts';
import { type Program, VirtualCluster, type VirtualClusterOptions } from './virtual-cluster.ts';

/** A cluster whose batches are collected in a list, with one receiver under the control of the test. */
function collecting(options: VirtualClusterOptions = {}, more: Program = () => undefined) {
  const source = new HandSource();
  const seen: string[] = [];
  const cluster = new VirtualCluster((ssc, place) => {
    ssc.receiverStream(source.receiver()).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    more(ssc, place);
  }, options);
  return { source, seen, cluster };
}

/** The slot whose executor runs the only receiver. */
function slotOfReceiver({ ssc }: VirtualCluster): Promise<string> {
  return new Promise((resolve) => {
    ssc.on('receiver:started', ({ receiver }) =>
      resolve(receiver.executorId?.replace('executor-', '') ?? ''),
    );
  });
}

describe('a start that waits for receivers', () => {
  it('resolves when the receiver on its executor has started, with its place', async () => {
    const { source, cluster } = collecting();
    const listening = Promise.withResolvers<void>();
    source.starting = listening.promise;
    let isReady = false;
    const states: string[] = [];
    cluster.ssc.on('receiver:starting', ({ receiver }) => void states.push(receiver.state));
    cluster.ssc.on('receiver:started', ({ receiver }) => void states.push(receiver.state));
    const starting = cluster.start({ awaitReceivers: 60_000 }).then(() => (isReady = true));
    await settle();
    await cluster.clock.advance(5_000);
    expect([source.contexts.length, isReady, states]).toEqual([1, false, ['starting']]);
    listening.resolve();
    await settle();
    await cluster.clock.advance(100);
    await starting;
    expect(states).toEqual(['starting', 'active']);
    await cluster.ssc.stop();
  });
});

describe('a lost executor', () => {
  it('has its receivers started elsewhere and its blocks read back from the log (REC-1, REC-3)', async () => {
    const { source, seen, cluster } = collecting({ hasLog: true });
    const slot = slotOfReceiver(cluster);
    await cluster.start();
    await settle();
    for (const word of ['a', 'b']) source.current.store(word, word);
    await cluster.clock.advance(400);
    expect(source.acknowledged).toEqual(['a', 'b']);
    cluster.kill(await slot);
    await cluster.clock.advance(5_000);
    expect(seen).toEqual(['a', 'b']);
    expect(source.contexts).toHaveLength(2);
    source.current.store('c', 'c');
    await cluster.clock.advance(2_000);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(await cluster.ssc.stop()).toMatchObject({ isClean: true });
  });

  it('loses blocks that were in memory only: the loss is counted, and the batch fails', async () => {
    const { source, seen, cluster } = collecting({ context: { batches: { onBatchFailure: 'skip' } } });
    const slot = slotOfReceiver(cluster);
    const outcomes: (string | undefined)[] = [];
    cluster.ssc.on('batch:completed', ({ batch }) => void outcomes.push(batch.outcome));
    await cluster.start();
    await settle();
    for (const word of ['a', 'b', 'c']) source.current.store(word, word);
    await cluster.clock.advance(400);
    cluster.kill(await slot);
    await cluster.clock.advance(3_000);
    const [line] = cluster.logged('blocks were in the memory of an executor that died and are lost');
    expect(line?.fields).toMatchObject({ executorId: `executor-${await slot}`, blocks: 1, records: 3 });
    expect(seen).toEqual([]);
    expect(outcomes).toContain('skipped');
    await cluster.ssc.stop();
  });

  it('is replaced after delays that grow and are bounded', async () => {
    const options = { restartDelayMs: 100, restartDelayMaxMs: 1_000 };
    const { cluster } = collecting({ executors: 1, remote: options });
    await cluster.start();
    const delays: number[] = [];
    for (let death = 0; death < 7; death += 1) {
      const before = cluster.clock.now();
      cluster.kill('0');
      while (!cluster.running.has('0')) await cluster.clock.advance(10);
      await settle();
      delays.push(cluster.clock.now() - before);
    }
    for (const [index, delay] of delays.entries()) {
      const full = Math.min(100 * 2 ** index, 1_000);
      expect(delay).toBeGreaterThanOrEqual(full / 2);
      expect(delay).toBeLessThanOrEqual(full + 10);
    }
    await cluster.ssc.stop();
  });

  it('gets a new name when it is replaced (BACKEND-6)', async () => {
    const { cluster } = collecting();
    await cluster.start();
    cluster.kill('0');
    await cluster.clock.advance(1_000);
    expect(cluster.backend.executors().map(({ executorId }) => executorId)).toEqual([
      'executor-1',
      'executor-0.1',
    ]);
    await cluster.ssc.stop();
  });

  it('stops the engine when no replacement is possible because the program has changed (BACKEND-24)', async () => {
    let lives = 0;
    const cluster = new VirtualCluster((ssc, place) => {
      const numbers = ssc.queueStream([[1]]);
      lives += place === 'driver' ? 0 : 1;
      (lives < 3 ? numbers : numbers.map((n) => n)).foreachRDD(() => {});
    });
    await cluster.start();
    const terminated = cluster.ssc.awaitTermination();
    terminated.catch(() => undefined);
    cluster.kill('0');
    await cluster.clock.advance(5_000);
    await expect(terminated).rejects.toMatchObject({ code: 'MR_REMOTE_PROGRAM_DIFFERS' });
    expect([cluster.ssc.state, cluster.running.size, cluster.clock.pendingTimers]).toEqual(['STOPPED', 0, 0]);
  });

  it('has its tasks run elsewhere, and its shuffle outputs computed again', async () => {
    let deaths = 0;
    let killer: () => void = () => undefined;
    const sums: number[] = [];
    const cluster = new VirtualCluster((ssc, place) => {
      ssc
        .queueStream([[1, 2, 3, 4, 5, 6, 7, 8]], { partitions: 4 })
        .map((n) => [n % 4, n])
        .reduceByKey((left, right) => left + right, 4)
        .mapPartitions((pairs) => {
          // The executor dies while it reads the first shuffle, whose outputs are on both executors.
          if (place === '0' && deaths === 0) {
            deaths += 1;
            killer();
          }
          return pairs;
        })
        .foreachRDD(async (rdd) => void sums.push(...(await rdd.values().collect())));
    });
    killer = () => cluster.kill('0');
    await cluster.start();
    await cluster.clock.advance(3_000);
    expect(deaths).toBe(1);
    expect(sums.toSorted((a, b) => a - b)).toEqual([6, 8, 10, 12]);
    await cluster.ssc.stop();
  });

  it('is abandoned by a task that waits for its buckets, although no connection closes with its host', async () => {
    let isLost = false;
    let isTold = false;
    const sums: number[] = [];
    const cluster = new VirtualCluster(
      (ssc) =>
        ssc
          .queueStream([[1, 2, 3, 4, 5, 6, 7, 8]], { partitions: 4 })
          .map((n) => [n % 4, n])
          .reduceByKey((left, right) => left + right, 4)
          .foreachRDD(async (rdd) => void sums.push(...(await rdd.values().collect()))),
      {
        carry: (message, deliver) => {
          const { kind } = message as { kind?: string };
          if (kind === 'PeerGone') isTold = true;
          if (kind === 'FetchBuckets' && !isLost) {
            isLost = true;
            queueMicrotask(() => cluster.loseHost('0'));
          }
          // A request to a lost host is not delivered, and no event reports the loss.
          if (kind !== 'FetchBuckets' || isTold) queueMicrotask(deliver);
        },
      },
    );
    await cluster.start();
    await cluster.clock.advance(5_000);
    expect(isTold).toBe(true);
    expect(sums.toSorted((a, b) => a - b)).toEqual([6, 8, 10, 12]);
    await cluster.ssc.stop();
  });

  it('makes tasks wait for its replacement when there is no other executor', async () => {
    const seen: number[] = [];
    const alone = new VirtualCluster(
      (ssc) =>
        ssc.queueStream([[1], [2]]).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect()))),
      { executors: 1, remote: { restartDelayMs: 4_000 } },
    );
    await alone.start();
    alone.kill('0');
    await alone.clock.advance(1_500);
    expect(seen).toEqual([]);
    await alone.clock.advance(4_000);
    expect(seen).toEqual([1, 2]);
    await alone.ssc.stop();
  });

  it('receives the inputs of a window again after its replacement', async () => {
    const sums: number[] = [];
    const cluster = new VirtualCluster(
      (ssc, place) =>
        ssc
          .queueStream(place === 'driver' ? [[1], [2], [3], [4]] : [])
          .window(3_000, 1_000)
          .foreachRDD(async (rdd) => void sums.push((await rdd.collect()).reduce((sum, n) => sum + n, 0))),
      { executors: 1, remote: { restartDelayMs: 100 } },
    );
    await cluster.start();
    await cluster.clock.advance(2_000);
    cluster.kill('0');
    await cluster.clock.advance(2_000);
    expect(sums).toEqual([1, 3, 6, 9]);
    await cluster.ssc.stop();
  });
});

describe('an executor without heartbeats', () => {
  it('is terminated and replaced, and its receivers move elsewhere', async () => {
    const { cluster, source } = collecting({ remote: { heartbeatMs: 500, heartbeatTimeoutMs: 2_000 } });
    const slot = slotOfReceiver(cluster);
    const errors: (string | undefined)[] = [];
    cluster.ssc.on('receiver:stopped', ({ receiver }) => void errors.push(receiver.lastErrorMessage));
    await cluster.start();
    await settle();
    cluster.freeze(await slot);
    await cluster.clock.advance(2_100);
    expect(cluster.backend.executors()).toHaveLength(1);
    await cluster.clock.advance(5_000);
    expect(cluster.backend.executors()).toHaveLength(2);
    expect(source.contexts.length).toBeGreaterThan(1);
    expect(errors[0]).toContain('MR_REMOTE_NOT_RESPONDING');
    await cluster.ssc.stop({ graceful: false });
  });

  it('fails the start when the executor never becomes ready', async () => {
    const { cluster } = collecting({ remote: { startTimeoutMs: 5_000 } });
    cluster.deafSlots.add('1');
    const starting = cluster.start().catch((error: unknown) => error);
    await cluster.clock.advance(5_000);
    expect(await starting).toMatchObject({ code: 'MR_REMOTE_NOT_READY' });
    expect(cluster.running.size).toBe(0);
  });
});

describe('lost messages', () => {
  it('cost a receiver time and no acknowledged record', async () => {
    let dropped = 0;
    const { source, seen, cluster } = collecting({
      hasLog: true,
      carry: (message, deliver) => {
        const { kind } = message as { kind?: string };
        if (kind === 'ReportError' && dropped++ < 3) return;
        queueMicrotask(deliver);
      },
    });
    await cluster.start();
    await settle();
    source.current.reportError('something odd');
    source.current.store('a', 'a');
    await cluster.clock.advance(2_000);
    expect(dropped).toBe(1);
    expect(seen).toEqual(['a']);
    await cluster.ssc.stop();
  });
});
