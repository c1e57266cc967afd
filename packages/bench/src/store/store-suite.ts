// How fast `store` is beside a bare loop, and beside the batching operators of RxJS.
import { NoopLogger, SeededRandom, SystemClock } from '@millrace/core';
import { BlockGenerator, BlockIds, RateLimiter, resolveReceivingOptions } from '@millrace/engine';
import { bufferCount, bufferTime, type OperatorFunction, Subject } from 'rxjs';
import type { BenchCase, BenchSuite, Budget } from '../suite.ts';
import { BareChunks } from './bare-chunks.ts';
import { keptStrings } from './kept-strings.ts';
import { numbers } from './numbers.ts';
import { smallObjects } from './small-objects.ts';
import { BURST_RECORDS, CALL_RECORDS, type StoreWorkload, turn } from './store-workload.ts';
import { textLines } from './text-lines.ts';

const BARE = 'bare loop';
const STORE = 'BlockGenerator.store';
const BUFFER_TIME = 'RxJS bufferTime(200)';
const BUFFER_COUNT = 'RxJS bufferCount(10000)';

const BUDGETS: readonly Budget[] = [
  { contender: STORE, against: BARE, atLeast: 0.8 },
  { contender: STORE, against: BUFFER_TIME, atLeast: 5 },
];

/** The suite `store`. */
export const storeSuite: BenchSuite = {
  name: 'store',
  purpose: 'how fast single records become blocks, beside a bare loop and RxJS',
  unit: 'records',
  contenders: 4,
  workloads: [
    ...[smallObjects, numbers, textLines].map((workload) => benchWorkload(workload, BUDGETS)),
    benchWorkload(keptStrings, []),
  ],
};

function benchWorkload(workload: StoreWorkload, budgets: readonly Budget[]) {
  const makeCases = (): readonly BenchCase[] => [
    storeCase(workload),
    bareCase(workload),
    rxCase(BUFFER_TIME, workload, bufferTime(200)),
    rxCase(BUFFER_COUNT, workload, bufferCount(10_000)),
  ];
  return { name: workload.name, makeCases, budgets };
}

/** A generator with its defaults, whose blocks go to a handler that drops them. */
function storeCase(workload: StoreWorkload): BenchCase {
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

function bareCase(workload: StoreWorkload): BenchCase {
  const bare = new BareChunks();
  return inBursts(
    BARE,
    (from, to) => workload.appendBurst(bare, from, to),
    async () => {
      if (bare.handedOn === 0) throw new Error('the bare loop handed nothing on');
    },
  );
}

function rxCase(
  name: string,
  workload: StoreWorkload,
  operator: OperatorFunction<unknown, unknown[]>,
): BenchCase {
  const subject = new Subject<unknown>();
  let handedOn = 0;
  const subscription = subject.pipe(operator).subscribe((batch) => (handedOn += batch.length));
  return inBursts(
    name,
    (from, to) => workload.nextBurst(subject, from, to),
    async () => {
      subject.complete();
      subscription.unsubscribe();
      if (handedOn === 0) throw new Error(`${name} handed nothing on`);
    },
  );
}

function inBursts(
  name: string,
  burst: (from: number, to: number) => void,
  close: () => Promise<void>,
): BenchCase {
  return {
    name,
    operations: CALL_RECORDS,
    run: async () => {
      for (let from = 0; from < CALL_RECORDS; from += BURST_RECORDS) {
        burst(from, from + BURST_RECORDS);
        await turn();
      }
    },
    close,
  };
}
