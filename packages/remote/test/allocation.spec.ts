import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { HandSource } from './sources.ts';
import { VirtualCluster, type VirtualClusterOptions } from './virtual-cluster.ts';

/** Four tasks a batch of the given duration each, and a receiver beside the tasks. */
function working(options: VirtualClusterOptions) {
  const source = new HandSource();
  const job = { taskMs: 300, done: 0, places: new Set<string>() };
  const received: string[] = [];
  const cluster: VirtualCluster = new VirtualCluster(
    (ssc, place) => {
      ssc.queueStream([], { defaultEntry: [0, 1, 2, 3], partitions: 4 }).foreachPartition(async (records) => {
        job.places.add(place);
        await cluster.clock.sleepUntil(cluster.clock.now() + job.taskMs);
        job.done += [...records].length;
      });
      ssc
        .receiverStream(source.receiver())
        .foreachRDD(async (rdd) => void received.push(...(await rdd.collect())));
    },
    { ...options, remote: { cores: 1, ...options.remote } },
  );
  const executors = () => cluster.backend.executors().map(({ executorId }) => executorId);
  /** Tasks wait on the virtual clock, so the clock has to advance during a stop. */
  const stop = async () => {
    const stopping = cluster.ssc.stop();
    await cluster.clock.advance(5_000);
    return stopping;
  };
  return { source, job, received, cluster, executors, stop };
}

/** A thousand records a second, or as many as the rate limit permits. */
async function storeForEver({ current }: HandSource, { clock }: VirtualCluster): Promise<void> {
  for (let stored = 1; !current.signal.aborted; stored += 1) {
    // Both waits reject when the receiver is stopped; the loop condition checks for the stop.
    if (!current.store('x', stored)) await current.ready().catch(() => undefined);
    if (stored % 10 === 0) await clock.sleepFor(10, current.signal).catch(() => undefined);
  }
}

const allocation = { maxExecutors: 4, minExecutors: 1, scalingIntervalMs: 10_000 };
const allocating = { executorAllocation: allocation, batches: { maxPendingBatches: 1_000 } };

describe('executors that are added and retired while the stream runs', () => {
  it('follow the load up and down without losing records (BACKEND-21)', async () => {
    const { job, cluster, executors, source, received, stop } = working({
      executors: 1,
      context: allocating,
    });
    const outcomes = new Set<string | undefined>();
    const delays: number[] = [];
    cluster.ssc.on('batch:completed', ({ batch }) => {
      outcomes.add(batch.outcome);
      delays.push(batch.processingDelayMs ?? 0);
    });
    await cluster.start();
    await settle();
    await cluster.clock.advance(11_000);
    expect(executors()).toEqual(['executor-0', 'executor-1']);
    expect(job.places).toContain('1');
    await cluster.clock.advance(19_000);
    expect(delays.at(-1)).toBeLessThan(700);
    job.taskMs = 10;
    source.current.store('a', 'a');
    await cluster.clock.advance(30_000);
    expect(executors()).toEqual(['executor-0']);
    expect([...cluster.running.keys()]).toEqual(['0']);
    job.places.clear();
    await cluster.clock.advance(5_000);
    expect([...job.places]).toEqual(['0']);
    source.current.store('b', 'b');
    expect(await stop()).toMatchObject({ isClean: true });
    expect([received, [...outcomes]]).toEqual([['a', 'b'], ['succeeded']]);
    expect(job.done).toBe(delays.length * 4);
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('keep their receivers: an executor with a receiver stays', async () => {
    const { job, cluster, executors, source, stop } = working({ executors: 3, context: allocating });
    await cluster.start();
    job.taskMs = 1;
    await cluster.clock.advance(45_000);
    expect(executors()).toEqual([source.current.executorId]);
    expect(source.contexts).toHaveLength(1);
    await stop();
  });

  it('are added also when back-pressure keeps batches within their interval, and rates rise with the executors', async () => {
    const source = new HandSource();
    const rates: number[] = [];
    const cluster: VirtualCluster = new VirtualCluster(
      (ssc) => {
        ssc
          .receiverStream(source.receiver())
          .repartition(8)
          .foreachPartition(async (records) =>
            cluster.clock.sleepUntil(cluster.clock.now() + [...records].length * 4),
          );
      },
      { executors: 1, remote: { cores: 1 }, context: { executorAllocation: allocation } },
    );
    cluster.ssc.on('receiver:rate-changed', ({ rate }) => void rates.push(rate.recordsPerSecond));
    await cluster.start();
    await settle();
    void storeForEver(source, cluster);
    await cluster.clock.advance(9_000);
    // One executor processes 250 records a second.
    expect(rates.at(-1)).toBeLessThan(260);
    await cluster.clock.advance(41_000);
    expect(cluster.backend.executors()).toHaveLength(4);
    expect(rates.at(-1)).toBeGreaterThan(600);
    const stopping = cluster.ssc.stop();
    await cluster.clock.advance(5_000);
    expect(await stopping).toMatchObject({ isClean: true });
  });

  it('return under new names, in the free slots (BACKEND-6, BACKEND-22)', async () => {
    const { job, cluster, executors, stop } = working({ executors: 2 });
    job.taskMs = 1;
    await cluster.start();
    const { scaling } = cluster.backend;
    const retired = scaling.retire('executor-0');
    expect([executors(), scaling.wanted]).toEqual([['executor-1'], 1]);
    await cluster.clock.advance(60_000);
    await retired;
    expect([executors(), [...cluster.running.keys()]]).toEqual([['executor-1'], ['1']]);
    scaling.add(2);
    await cluster.clock.advance(10);
    expect(executors()).toEqual(['executor-1', 'executor-0.1', 'executor-2']);
    await scaling.retire('unknown');
    expect(scaling.wanted).toBe(3);
    await stop();
    expect(cluster.running.size).toBe(0);
  });
});
