// One measurement: Benchmark.js decides how many calls make a sample and how many samples are enough. It swallows what
// a case throws and reports a rate of 0, so errors are carried past it by hand.
import Benchmark from 'benchmark';
import type { BenchCase } from './suite.ts';

/** How much time a measurement takes. */
export interface MeasureOptions {
  /** Seconds to spend at most, once there are enough samples. */
  readonly maxSeconds: number;
  readonly minSamples: number;
}

/**
 * Measures a case once, after a call that does not count: it pays for memory that the last collection gave back.
 *
 * @returns operations per second.
 * @throws what the case threw.
 */
export async function measureCase(one: BenchCase, options: MeasureOptions): Promise<number> {
  await one.run();
  return new Promise((resolve, reject) => {
    const benchmark = new Benchmark({
      name: one.name,
      defer: true,
      maxTime: options.maxSeconds,
      minSamples: options.minSamples,
      // Everything here is asynchronous; this is where Benchmark.js waits for it.
      fn: (deferred: Benchmark.Deferred) => {
        runOnce(one).then(
          () => deferred.resolve(),
          (error: unknown) => {
            reject(error);
            benchmark.abort();
          },
        );
      },
      onError: () => reject(benchmark.error),
      onComplete: () => resolve(benchmark.hz * one.operations),
    });
    benchmark.run({ async: true });
  });
}

/** Makes a case that throws at once reject instead. */
async function runOnce(one: BenchCase): Promise<void> {
  await one.run();
}
