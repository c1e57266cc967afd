// The cost of the stream language beside purpose-built code: chains of narrow operators, which run as one loop; and
// state with few and many keys, with equally many touched keys.
import { SeededRandom } from '@millrace/core';
import type { State } from '@millrace/engine';
import type { BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import { pairs, sumOf } from './stream-numbers.ts';
import { BY_HAND, MILLRACE, streamWorkload } from './stream-workload.ts';

/** 0.77 corresponds to a loop that takes 1.3 times as long. */
const CHAIN_BUDGETS: readonly Budget[] = [
  { contender: MILLRACE, against: BY_HAND, atLeast: 0.77, line: 'chain' },
];

/** The number of jobs of a batch over the same records, which reduces the weight of the fixed cost of a batch. */
const PASSES = 10;

/** The suite `chain`. */
export const chainSuite: BenchSuite = {
  name: 'chain',
  purpose: 'cost of map, filter and flatMap, beside a hand-written loop',
  unit: 'records',
  contenders: 2,
  workloads: [lines(), readings(1), readings(PASSES)],
};

/** The suite `state`. */
export const stateSuite: BenchSuite = {
  name: 'state',
  purpose: 'cost of mapWithState beside a Map, with few and many keys, 10,000 keys touched in a batch',
  unit: 'records',
  contenders: 2,
  workloads: [10_000, 100_000, 1_000_000].map(keyedState),
};

/** Text: most of the work is splitting, as in common chains. */
function lines(): BenchWorkload {
  return streamWorkload<string>({
    name: 'words of 10,000 lines',
    makeBatch: (batch) => {
      const random = new SeededRandom(batch);
      const word = () => `w${random.integer(5_000)}`;
      return Array.from({ length: 10_000 }, () => Array.from({ length: 10 }, word).join(' '));
    },
    program: (stream, add) =>
      stream
        .flatMap((line) => line.split(' '))
        .filter((word) => !word.endsWith('7'))
        .map((word) => word.length)
        .foreachRDD(async (rdd) => add(await rdd.fold(0, plus))),
    byHand: () => (records) => {
      let sum = 0;
      for (const line of records) {
        for (const word of line.split(' ')) if (!word.endsWith('7')) sum += word.length;
      }
      return sum;
    },
    budgets: CHAIN_BUDGETS,
  });
}

/** Objects: each step makes one. */
function readings(passes: number): BenchWorkload {
  interface Reading {
    readonly sensor: number;
    readonly celsius: number;
  }
  const isWarm = ({ celsius }: Reading) => celsius > 20;
  const inFahrenheit = ({ sensor, celsius }: Reading) => ({ sensor, fahrenheit: celsius * 1.8 + 32 });
  return streamWorkload<Reading>({
    passes,
    name: passes === 1 ? '100,000 readings' : `100,000 readings, ${passes} times`,
    makeBatch: (batch) => {
      const random = new SeededRandom(batch);
      const reading = () => ({ sensor: random.integer(1_000), celsius: random.integer(40) });
      return Array.from({ length: 100_000 }, reading);
    },
    program: (stream, add) =>
      stream
        .filter(isWarm)
        .map(inFahrenheit)
        .filter(({ sensor }) => sensor % 2 === 0)
        .map(({ fahrenheit }) => Math.round(fahrenheit))
        .foreachRDD(async (rdd) => {
          for (let pass = 0; pass < passes; pass += 1) add(await rdd.fold(0, plus));
        }),
    byHand: () => (records) => {
      let sum = 0;
      for (let pass = 0; pass < passes; pass += 1) {
        for (const record of records) {
          if (!isWarm(record)) continue;
          const warm = inFahrenheit(record);
          if (warm.sensor % 2 === 0) sum += Math.round(warm.fahrenheit);
        }
      }
      return sum;
    },
    budgets: CHAIN_BUDGETS,
  });
}

function keyedState(keys: number): BenchWorkload {
  const initial = () => Array.from({ length: keys }, (_, key): [number, number] => [key, 0]);
  return streamWorkload<[number, number]>({
    name: `${keys.toLocaleString('en')} keys`,
    makeBatch: (batch) => pairs(batch, 10_000, keys),
    program: (stream, add) =>
      stream
        .mapWithState(
          (_key, value, state: State<number>) => {
            const sum = (state.getOption() ?? 0) + (value ?? 0);
            state.update(sum);
            return sum;
          },
          { initialState: initial(), timeoutMs: 1e12 },
        )
        .foreachPartition((sums) => add(sumOf(sums))),
    byHand: () => {
      const states = new Map<number, { sum: number }>();
      for (const [key] of initial()) states.set(key, { sum: 0 });
      return (records) => records.reduce((total, [key, value]) => total + grown(states, key, value), 0);
    },
    // A bare map has no versions, timeouts and tasks, so its ratio is for information.
    budgets: [],
  });
}

function grown(states: Map<number, { sum: number }>, key: number, value: number): number {
  const state = states.get(key) ?? { sum: 0 };
  state.sum += value;
  return state.sum;
}

function plus(left: number, right: number): number {
  return left + right;
}
