// One measurement: Benchmark.js decides the number of calls per sample and the number of samples. Benchmark.js swallows
// errors of a case and reports a rate of 0, so this file passes errors on by hand.
import Benchmark from 'benchmark';
import type { BenchCase } from './suite.ts';

/** The duration of a measurement. */
export interface MeasureOptions {
  /** The maximum time in seconds, once there are enough samples. */
  readonly maxSeconds: number;
  readonly minSamples: number;
}

/**
 * Measures a case once, after an uncounted call that pays for memory released by the last collection.
 *
 * @returns operations per second.
 * @throws the error of the case.
 */
export async function measureCase(one: BenchCase, options: MeasureOptions): Promise<number> {
  await one.run();
  return new Promise((resolve, reject) => {
    const benchmark = new Benchmark({
      name: one.name,
      defer: true,
      maxTime: options.maxSeconds,
      minSamples: options.minSamples,
      // Every case is asynchronous; Benchmark.js waits at this point.
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

/** Turns a synchronous throw of a case into a rejection. */
async function runOnce(one: BenchCase): Promise<void> {
  await one.run();
}
