import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { OutputBatch, OutputPartition } from './output-operation.ts';

describe('foreachRDD', () => {
  it('passes the batch to its function, and is done when the result settles', async () => {
    const fixture = new StreamFixture();
    const seen: [OutputBatch, number][] = [];
    fixture.queue([]).foreachRDD(() => {});
    fixture.queue([[1, 2]]).foreachRDD(async (rdd, batch) => {
      seen.push([batch, await rdd.map((n) => n).count()]);
    });
    await fixture.run(1);
    expect(seen).toEqual([[{ application: 'test', batchTime: 1_000, outputOperation: 1 }, 2]]);
  });

  it('fails its job with the error of its function', async () => {
    const fixture = new StreamFixture();
    fixture.queue([[1]]).foreachRDD(async () => {
      throw new Error('no room');
    });
    await expect(fixture.runBatch(1_000)).rejects.toThrow('no room');
  });

  it('gives every attempt the same batch and the same records (BAT-4)', async () => {
    const fixture = new StreamFixture();
    const seen: unknown[] = [];
    fixture.queue([[1, 2]]).foreachRDD(async (rdd, batch) => seen.push([batch, await rdd.collect()]));
    fixture.start();
    const [job] = await fixture.graph.generateJobs(fixture.inputOf(1_000));
    for (const attempt of [0, 1]) await job?.run({ attempt, signal: new AbortController().signal });
    expect(seen[0]).toEqual(seen[1]);
  });

  it('ends its actions when the job is cancelled', async () => {
    const fixture = new StreamFixture();
    const abort = new AbortController();
    fixture.queue([[1]]).foreachRDD((rdd) => {
      abort.abort();
      return rdd.collect();
    });
    fixture.start();
    const [job] = await fixture.graph.generateJobs(fixture.inputOf(1_000));
    const run = job?.run({ attempt: 0, signal: abort.signal });
    await expect(run).rejects.toMatchObject({ code: 'MR_RDD_JOB_CANCELLED' });
  });
});

describe('foreachPartition', () => {
  it('passes the records and the identity of every partition to its function', async () => {
    const fixture = new StreamFixture();
    const seen: [number[], OutputPartition][] = [];
    fixture
      .queue([[1, 2, 3]])
      .foreachPartition(async (records, partition) => void seen.push([[...records], partition]));
    await fixture.run(1);
    const batch = { application: 'test', batchTime: 1_000, outputOperation: 0, partitions: 2, epoch: 1 };
    expect(seen.flatMap(([records]) => records).toSorted()).toEqual([1, 2, 3]);
    expect(seen.map(([, partition]) => partition)).toEqual([
      { ...batch, partition: 0 },
      { ...batch, partition: 1 },
    ]);
  });

  it('runs where no action can be called', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([[1]]);
    stream.foreachPartition(async () => void (await stream.getOrCompute(1_000)?.count()));
    await expect(fixture.runBatch(1_000)).rejects.toMatchObject({ code: 'MR_RDD_NO_DRIVER' });
  });
});

describe('a batch whose input cannot be taken', () => {
  it('fails after all inputs have settled, and can be made again', async () => {
    const fixture = new StreamFixture();
    const broken = fixture.queue([[1]]);
    const seen = fixture.record(broken.union(fixture.queue([[2]])));
    const prepare = broken.prepare.bind(broken);
    let failures = 1;
    broken.prepare = async (batchTime) => {
      if (failures-- > 0) throw new Error('source away');
      await prepare(batchTime);
    };
    await expect(fixture.runBatch(1_000)).rejects.toThrow('source away');
    await fixture.runBatch(1_000);
    expect(seen.get(1_000)).toEqual([1, 2]);
    expect(fixture.reports).toHaveLength(2);
  });
});
