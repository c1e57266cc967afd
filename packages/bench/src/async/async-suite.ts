// The rate of lookups inside a program, beside `p-map` over the same records. A lookup mostly waits, so both are near the
// limit of `concurrency` divided by the time of an answer, and the rest is cost. Answers at once show the cost alone.
import pMap from 'p-map';
import type { BenchCase, BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import { SteppedEngine } from '../streams/stepped-engine.ts';
import { MILLRACE } from '../streams/stream-workload.ts';
import { httpLookups, type Lookups, readyLookups, timedLookups } from './lookups.ts';

const P_MAP = 'p-map';
const UNORDERED = 'millrace, unordered';
const CONCURRENCY = 64;
const ANSWER_MS = 20;
/** Twenty rounds of lookups at once. */
const RECORDS = 20 * CONCURRENCY;

/** The suite `async`. */
export const asyncSuite: BenchSuite = {
  name: 'async',
  purpose: 'rate of lookups by mapAsync with 64 under way, beside p-map',
  unit: 'lookups',
  contenders: 3,
  workloads: [
    lookups(`a timer of ${ANSWER_MS} ms`, RECORDS, () => timedLookups(() => ANSWER_MS), {
      against: P_MAP,
      atLeast: 0.9,
      line: 'async',
    }),
    lookups(`a server that takes ${ANSWER_MS} ms`, RECORDS, () => httpLookups(ANSWER_MS, CONCURRENCY), {
      against: P_MAP,
      atLeast: 0.9,
      line: 'async',
    }),
    lookups('timers of 1 to 39 ms', RECORDS, () => timedLookups((record) => 1 + ((record * 17) % 39)), {
      against: P_MAP,
    }),
    lookups('answers at once', 100_000, readyLookups, { against: P_MAP }),
  ],
};

function lookups(
  name: string,
  count: number,
  make: () => Lookups,
  budget: Omit<Budget, 'contender'>,
): BenchWorkload {
  return {
    name,
    budgets: [{ contender: MILLRACE, ...budget }],
    makeCases: () => {
      const service = make();
      const records = Array.from({ length: count }, (_, index) => index);
      const expected = records.reduce((sum, record) => sum + record, 0);
      return [
        engineCase(MILLRACE, { service, records, expected, ordered: true }),
        engineCase(UNORDERED, { service, records, expected, ordered: false }),
        pMapCase({ service, records, expected }),
      ];
    },
  };
}

interface LookupWork {
  readonly service: Lookups;
  readonly records: readonly number[];
  /** The sum of all answers. */
  readonly expected: number;
}

function engineCase(
  name: string,
  { service, records, expected, ordered }: LookupWork & { readonly ordered: boolean },
): BenchCase {
  let done = Promise.withResolvers<number>();
  const engine = new SteppedEngine<number>((stream) =>
    stream
      .mapAsync((record) => service.ask(record), { concurrency: CONCURRENCY, ordered })
      .foreachPartition((answers) => done.resolve(sumOf(answers))),
  );
  return {
    name,
    operations: records.length,
    run: async () => {
      done = Promise.withResolvers();
      await engine.batch(records);
      assertSum(name, await done.promise, expected);
    },
    close: () => engine.close(),
  };
}

/** The last case closes the service of all. */
function pMapCase({ service, records, expected }: LookupWork): BenchCase {
  return {
    name: P_MAP,
    operations: records.length,
    run: async () => {
      const answers = await pMap(records, (record) => service.ask(record), { concurrency: CONCURRENCY });
      assertSum(P_MAP, sumOf(answers), expected);
    },
    close: () => service.close(),
  };
}

function sumOf(answers: Iterable<number>): number {
  let sum = 0;
  for (const answer of answers) sum += answer;
  return sum;
}

function assertSum(name: string, sum: number, expected: number): void {
  if (sum !== expected) throw new Error(`${name} came to ${sum}, not to ${expected}`);
}
