import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import type { RDD } from './rdd.ts';

/** A result as untyped code returns it. */
type Result = readonly number[];

const programs: readonly (readonly [
  string,
  (numbers: RDD<number>, made: (n: number) => Result) => RDD<unknown>,
])[] = [
  ['flatMap', (numbers, made) => numbers.flatMap(made)],
  ['flatMapValues', (numbers, made) => numbers.keyBy((n) => n).flatMapValues(made)],
  ['mapPartitions', (numbers, made) => numbers.mapPartitions((records) => made([...records].length))],
  ['zipPartitions', (numbers, made) => numbers.zipPartitions(numbers, (left) => made([...left].length))],
];

/** Each result comes at first, and behind the records that run with every check. */
describe.each(programs)('the function of %s', (operator, program) => {
  const run = async (from: number, result: unknown) => {
    const { environment } = new RddCluster();
    const numbers = environment.parallelize(Array.from({ length: 200 }, (_, n) => n), 1); // prettier-ignore
    const made = (n: number) => (n < from ? [n] : result) as Result;
    return program(numbers, made).collect();
  };

  it.each([0, 150])('fails the batch by name without an iterable, from number %i on', async (from) => {
    for (const result of [null, undefined, 7, { length: 1 }]) {
      await expect(run(from, result)).rejects.toMatchObject({
        cause: {
          code: 'MR_RDD_RESULT_NOT_ITERABLE',
          message: expect.stringContaining(`function of ${operator} `),
          disposition: 'fail-batch',
        },
      });
    }
  });

  it.each([0, 150])('may return any iterable, also a text, from number %i on', async (from) => {
    const lengths: number[] = [];
    for (const result of [[], new Set([1]), 'ab']) lengths.push((await run(from, result)).length);
    const [none = 0, one = 0, two = 0] = lengths;
    expect(one).toBeGreaterThan(none);
    expect(two - none).toBe(2 * (one - none));
  });

  it.each([0, 150])('must be no asynchronous generator, from number %i on', async (from) => {
    await expect(run(from, (async function* () {})())).rejects.toMatchObject({
      cause: { code: 'MR_RDD_FUNCTION_ASYNCHRONOUS' },
    });
  });
});
