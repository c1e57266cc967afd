import { isMillraceError } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { HandSource } from './sources.ts';
import { type Program, VirtualCluster } from './virtual-cluster.ts';

/** Counts words of two receivers; the results are on the driver. */
function wordCount(
  sources: readonly HandSource[],
  counts: Map<string, number>,
  places = new Set<string>(),
): Program {
  return (ssc, place) => {
    ssc
      .union(...sources.map((source) => ssc.receiverStream(source.receiver())))
      .flatMap((line) => line.split(' '))
      .map((word) => [word, 1])
      .reduceByKey((left, right) => left + right, 4)
      .mapPartitions((pairs) => {
        places.add(place);
        return pairs;
      })
      .foreachRDD(async (rdd) => {
        for (const [word, count] of await rdd.collect()) counts.set(word, (counts.get(word) ?? 0) + count);
      });
  };
}

describe('executors with a copy of the program each', () => {
  it('run receivers and tasks, and shuffle between each other', async () => {
    const sources = [new HandSource(), new HandSource()];
    const [counts, places] = [new Map<string, number>(), new Set<string>()];
    const cluster = new VirtualCluster(wordCount(sources, counts, places));
    await cluster.start();
    await settle();
    for (const source of sources) for (const line of ['a b', 'b c']) source.current.store(line, line);
    await cluster.clock.advance(2_000);
    expect(Object.fromEntries(counts)).toEqual({ a: 2, b: 4, c: 2 });
    expect([...places].toSorted()).toEqual(['0', '1']);
    expect(sources.map((source) => source.acknowledged)).toEqual([
      ['a b', 'b c'],
      ['a b', 'b c'],
    ]);
    expect(await cluster.ssc.stop()).toMatchObject({ isClean: true });
  });

  it('repeat a slow task on another executor, with speculation enabled', async () => {
    const sums: number[] = [];
    let delayed = 0;
    const cluster = new VirtualCluster(
      (ssc, place) => {
        ssc
          .queueStream(place === 'driver' ? [[1, 2, 3, 4, 5, 6, 7, 8]] : [], { partitions: 8 })
          .map((n) => n * 10)
          .foreachRDD(async (rdd) => void sums.push(...(await rdd.collect())));
      },
      {
        context: { tasks: { speculation: true } },
        carry: (message, deliver) => {
          const { kind, request } = message as { kind?: string; request?: { task: { partition: number } } };
          const isSlow = kind === 'RunTask' && request?.task.partition === 7 && delayed === 0;
          if (!isSlow) return queueMicrotask(deliver);
          delayed += 1;
          cluster.clock.schedule(cluster.clock.now() + 60_000, deliver);
        },
      },
    );
    await cluster.start();
    await cluster.clock.advance(1_900);
    expect(delayed).toBe(1);
    expect(sums).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
    await cluster.ssc.stop({ graceful: false });
  });

  it('have isDriver set to false', async () => {
    const drivers: [string, boolean][] = [];
    const cluster = new VirtualCluster((ssc, place) => {
      drivers.push([place, ssc.isDriver]);
      ssc.queueStream([[1]]).foreachRDD(() => {});
    });
    await cluster.start();
    expect(drivers).toEqual([
      ['driver', true],
      ['0', false],
      ['1', false],
    ]);
    await cluster.ssc.stop();
  });

  it('receive the inputs of queues and files with their tasks, also for windows', async () => {
    const [sums, lines]: [number[], string[]] = [[], []];
    const cluster = new VirtualCluster((ssc, place) => {
      // The content of a queue on an executor is not used as input.
      const queue = ssc.queueStream(place === 'driver' ? [[1, 2], [3], [4]] : [[100]]);
      queue.window(2_000, 1_000).foreachRDD(async (rdd) => {
        sums.push((await rdd.collect()).reduce((sum, n) => sum + n, 0));
      });
      ssc.textFileStream('/in').foreachRDD(async (rdd) => void lines.push(...(await rdd.collect())));
    });
    await cluster.start();
    cluster.storage.writeFile('/in/one', 'first\nsecond\n', { modifiedMs: 10_500 });
    await cluster.clock.advance(4_000);
    expect(sums).toEqual([3, 6, 7, 4]);
    expect(lines).toEqual(['first', 'second']);
    await cluster.ssc.stop();
  });

  it('apply foreachPartition at the partition, with the identity of its batch', async () => {
    const calls: unknown[] = [];
    const cluster = new VirtualCluster((ssc, place) => {
      ssc.queueStream([[1, 2, 3]], { partitions: 3 }).foreachPartition((records, partition) => {
        calls.push({ isDriver: place === 'driver', records: [...records], ...partition });
      });
    });
    await cluster.start();
    await cluster.clock.advance(1_000);
    const same = {
      isDriver: false,
      application: 'virtual',
      batchTime: 11_000,
      epoch: 1,
      outputOperation: 0,
      partitions: 3,
    };
    expect(calls).toHaveLength(3);
    expect(calls).toEqual(
      expect.arrayContaining([1, 2, 3].map((n) => ({ ...same, records: [n], partition: n - 1 }))),
    );
    await cluster.ssc.stop();
  });

  it('leave the effects of the foreachRDD function to the driver', async () => {
    const results: unknown[] = [];
    const places: string[] = [];
    const cluster = new VirtualCluster((ssc, place) => {
      const factor = place === 'driver' ? 10 : -1;
      ssc.queueStream([[1, 2, 3, 4]], { partitions: 2 }).foreachRDD(async (rdd) => {
        const own = rdd.map((n) => [n % 2, n * factor]).reduceByKey((left, right) => left + right, 2);
        results.push((await own.collect()).toSorted(), await rdd.reduce((left, right) => left + right));
        results.push(await rdd.take(3), await rdd.count());
        await rdd.forEach(() => void places.push(place));
      });
    });
    await cluster.start();
    await cluster.clock.advance(1_000);
    expect(results).toEqual([
      [
        [0, 60],
        [1, 40],
      ],
      10,
      [1, 2, 3],
      4,
    ]);
    expect(places).toEqual(['driver', 'driver', 'driver', 'driver']);
    await cluster.ssc.stop();
  });

  it('find the batches that a windowed output needs', async () => {
    const slices: number[][] = [];
    const cluster = new VirtualCluster(
      (ssc) => {
        const stream = ssc.queueStream([[1], [2], [3]]).map((n) => n * 2);
        stream.foreachRDD(async (_, { batchTime }) => {
          const rdds = stream.slice(batchTime - 1_000, batchTime);
          slices.push((await Promise.all(rdds.map((rdd) => rdd.collect()))).flat());
        });
      },
      { context: { rememberMs: 3_000 } },
    );
    await cluster.start();
    await cluster.clock.advance(3_000);
    expect(slices).toEqual([[2], [2, 4], [4, 6]]);
    await cluster.ssc.stop();
  });

  it('refuse a queue entry that is a function, with a code', async () => {
    const cluster = new VirtualCluster(
      (ssc) => {
        ssc
          .queueStream<number>([(environment) => environment.parallelize([1])])
          .foreachRDD(async (rdd) => void (await rdd.collect()));
      },
      { context: { batches: { maxAttempts: 1 } } },
    );
    await cluster.start();
    const terminated = cluster.ssc.awaitTermination().catch((error: unknown) => error);
    await cluster.clock.advance(3_000);
    let cause: unknown = await terminated;
    while (cause instanceof Error && !isMillraceError(cause, 'MR_GRAPH_INPUT_NOT_PORTABLE'))
      cause = cause.cause;
    expect(cause).toMatchObject({ code: 'MR_GRAPH_INPUT_NOT_PORTABLE' });
  });

  it('are refused when their graph differs, with the differences', async () => {
    const cluster = new VirtualCluster((ssc, place) => {
      const numbers = ssc.queueStream([[1]]);
      (place === 'driver' ? numbers.map((n) => n) : numbers.filter(() => true)).foreachRDD(() => {});
    });
    await expect(cluster.start()).rejects.toMatchObject({
      code: 'MR_REMOTE_PROGRAM_DIFFERS',
      details: {
        onlyDriver: ['stream 1-map of 0-queue, every 1000 ms [null,null]', 'output 0 foreachRDD of 1-map'],
        onlyExecutor: [
          'stream 1-filter of 0-queue, every 1000 ms [null,null]',
          'output 0 foreachRDD of 1-filter',
        ],
      },
    });
    expect(cluster.running.size).toBe(0);
  });

  it('receive every message twice, with unchanged results (BACKEND-11)', async () => {
    const sources = [new HandSource(), new HandSource()];
    const counts = new Map<string, number>();
    const cluster = new VirtualCluster(wordCount(sources, counts), {
      carry: (_, deliver) => {
        queueMicrotask(deliver);
        queueMicrotask(deliver);
      },
    });
    await cluster.start();
    await settle();
    for (const source of sources) source.current.store('a b', 1);
    await cluster.clock.advance(3_000);
    expect(Object.fromEntries(counts)).toEqual({ a: 2, b: 2 });
    expect(await cluster.ssc.stop()).toMatchObject({ isClean: true });
  });

  it('refuse messages of an older epoch (BACKEND-16)', async () => {
    const cluster = new VirtualCluster((ssc) =>
      ssc.queueStream([[1]]).foreachRDD(async (rdd) => void (await rdd.count())),
    );
    await cluster.start();
    await cluster.clock.advance(1_000);
    const late = cluster.backend.ask('executor-0', 'Forget', { epoch: 0, blockIds: [], rddIds: [] });
    await expect(late).rejects.toMatchObject({ code: 'MR_EXECUTOR_STALE_EPOCH' });
    await cluster.ssc.stop();
  });

  it('are all gone after a stop, with their timers', async () => {
    const sources = [new HandSource()];
    const cluster = new VirtualCluster(wordCount(sources, new Map()));
    await cluster.start();
    await settle();
    sources[0]?.current.store('a', 1);
    const report = await cluster.ssc.stop();
    expect(report).toMatchObject({ isClean: true, errors: [] });
    expect(cluster.running.size).toBe(0);
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('takes names and hosts of executors from the launcher', async () => {
    const cluster = new VirtualCluster((ssc) => void ssc.queueStream([[1]]).print(), { executors: 2 });
    await cluster.start();
    expect(cluster.backend.executors()).toMatchObject([
      { executorId: 'executor-0', host: 'host-0' },
      { executorId: 'executor-1', host: 'host-1' },
    ]);
    await cluster.ssc.stop();
  });
});
