// The rate of `store`, beside a bare loop and beside the batching operators of RxJS.
import { bufferCount, bufferTime } from 'rxjs';
import type { BenchCase, BenchSuite, Budget } from '../runner/suite.ts';
import { BareChunks } from './bare-chunks.ts';
import { burstCase, rxCase } from './burst-case.ts';
import { generatorCase, STORE } from './generator-case.ts';
import { keptStrings } from './kept-strings.ts';
import { numbers } from './numbers.ts';
import { smallObjects } from './small-objects.ts';
import type { StoreWorkload } from './store-workload.ts';
import { textLines } from './text-lines.ts';

const BARE = 'bare loop';
const BUFFER_TIME = 'RxJS bufferTime(200)';
const BUFFER_COUNT = 'RxJS bufferCount(10000)';

const BUDGETS: readonly Budget[] = [
  { contender: STORE, against: BARE, atLeast: 0.8, line: 'store' },
  { contender: STORE, against: BUFFER_TIME, atLeast: 5, line: 'store' },
];

/** The suite `store`. */
export const storeSuite: BenchSuite = {
  name: 'store',
  purpose: 'rate at which single records become blocks, beside a bare loop and RxJS',
  unit: 'records',
  contenders: 4,
  workloads: [
    ...[smallObjects, numbers, textLines].map((workload) => benchWorkload(workload, BUDGETS)),
    benchWorkload(keptStrings, []),
  ],
};

function benchWorkload(workload: StoreWorkload, budgets: readonly Budget[]) {
  const makeCases = (): readonly BenchCase[] => [
    generatorCase(workload),
    bareCase(workload),
    rxCase(BUFFER_TIME, workload, bufferTime(200)),
    rxCase(BUFFER_COUNT, workload, bufferCount(10_000)),
  ];
  return { name: workload.name, makeCases, budgets };
}

function bareCase(workload: StoreWorkload): BenchCase {
  const bare = new BareChunks();
  return burstCase(
    BARE,
    (from, to) => workload.appendBurst(bare, from, to),
    async () => {
      if (bare.handedOn === 0) throw new Error('the bare loop handed nothing on');
    },
  );
}
