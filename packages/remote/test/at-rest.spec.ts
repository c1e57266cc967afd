// A driver with executors of their own memory drops the content of old batches: no other component on the driver's side
// would.
import { expect, it } from 'vitest';
import { VirtualCluster } from './virtual-cluster.ts';

it('keeps the same amounts after ten batches and after thirty', async () => {
  let batches = 0;
  const cluster = new VirtualCluster(
    (ssc, place) => {
      const pairs = ssc
        .queueStream(place === 'driver' ? [[1, 2, 3]] : [], { partitions: 2 })
        .map((n: number): [number, number] => [n % 2, n]);
      pairs
        .reduceByKey((one, other) => one + other, 2)
        .foreachRDD(async (rdd) => {
          await rdd.collect();
          batches += 1;
        });
      pairs
        .updateStateByKey<number, number, number>((values, sum) =>
          values.reduce((one, other) => one + other, sum ?? 0),
        )
        .foreachRDD(async (rdd) => void (await rdd.collect()));
    },
    { context: { batchIntervalMs: 1_000 } },
  );
  await cluster.start();
  const keptAfter = async (more: number) => {
    for (let batch = 0; batch < more; batch += 1) await cluster.clock.advance(1_000);
    return cluster.ssc.holdings().kept;
  };
  const afterTen = await keptAfter(10);
  expect(await keptAfter(20)).toEqual(afterTen);
  expect(batches).toBe(30);
  await cluster.ssc.stop();
});
