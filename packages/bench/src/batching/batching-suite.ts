// The rate at which records are grouped by 10,000 or 200 ms, beside common libraries for grouping. All contenders get
// the same records in the same bursts; the measured path leads from a record into its group.
import { bufferCount, bufferTime } from 'rxjs';
import type { BenchCase, BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import { rxCase } from '../store/burst-case.ts';
import { generatorCase, STORE } from '../store/generator-case.ts';
import { numbers } from '../store/numbers.ts';
import { smallObjects } from '../store/small-objects.ts';
import type { StoreWorkload } from '../store/store-workload.ts';
import { effectCase } from './effect-case.ts';
import { highlandCase } from './highland-case.ts';
import { nodeStreamCase } from './node-stream-case.ts';

const PEERS: readonly (readonly [string, (name: string, workload: StoreWorkload) => BenchCase])[] = [
  ['RxJS bufferTime(200)', (name, workload) => rxCase(name, workload, bufferTime(200))],
  ['RxJS bufferCount(10000)', (name, workload) => rxCase(name, workload, bufferCount(10_000))],
  ['Effect groupedWithin', effectCase],
  ['Highland batchWithTimeOrCount', highlandCase],
  ['node:stream Transform', nodeStreamCase],
];

/** The suite `batching`. */
export const batchingSuite: BenchSuite = {
  name: 'batching',
  purpose: 'rate at which records are grouped, beside RxJS, Effect, Highland and node:stream',
  unit: 'records',
  contenders: 1 + PEERS.length,
  workloads: [numbers, smallObjects].map(benchWorkload),
};

function benchWorkload(workload: StoreWorkload): BenchWorkload {
  return {
    name: workload.name,
    makeCases: () => [generatorCase(workload), ...PEERS.map(([name, makeCase]) => makeCase(name, workload))],
    // The suite `store` has the budgets beside RxJS; ratios in this suite are for information.
    budgets: PEERS.map(([against]): Budget => ({ contender: STORE, against })),
  };
}
