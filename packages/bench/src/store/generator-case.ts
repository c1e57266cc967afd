// The block generator as a contender, with defaults.
import { NoopLogger, SeededRandom, SystemClock } from '@millrace/core';
import { BlockGenerator, BlockIds, RateLimiter, resolveReceivingOptions } from '@millrace/engine/internals';
import type { BenchCase } from '../runner/suite.ts';
import { BURST_RECORDS, CALL_RECORDS, type StoreWorkload, turn } from './store-workload.ts';

/** Its name. */
export const STORE = 'BlockGenerator.store';

/** A generator with defaults; the handler drops the blocks. */
export function generatorCase(workload: StoreWorkload): BenchCase {
  const clock = new SystemClock();
  const options = resolveReceivingOptions();
  const ids = new BlockIds(0, 'bench');
  let failure: Error | undefined;
  const generator = new BlockGenerator({
    clock,
    random: new SeededRandom(1),
    log: new NoopLogger(),
    options,
    limiter: new RateLimiter({ clock, options }),
    sourceWaits: false,
    nextBlockId: () => ids.next(),
    onPushBlock: () => Promise.resolve(),
    onFailed: (error) => (failure = error),
  });
  generator.start();
  return {
    name: STORE,
    operations: CALL_RECORDS,
    run: async () => {
      for (let from = 0; from < CALL_RECORDS;) {
        const to = Math.min(CALL_RECORDS, from + BURST_RECORDS);
        from = workload.storeBurst(generator, from, to);
        await turn();
        if (from < to) await generator.ready();
      }
      if (failure !== undefined) throw failure;
    },
    close: async () => void (await generator.stop(new Error('the benchmark is over'))),
  };
}
