// Drivers that die at any step while records fail: every good record is in the outputs, every bad record is a dead letter,
// and each of both exactly once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LetterSink } from '../../test/letter-sink.ts';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

const deaths = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 120 }), downMs: fc.nat(3_500) }), {
  minLength: 1,
  maxLength: 5,
});

/** The fate of a number, by its last digit. */
const fateOf = (n: number) =>
  n % 10 === 3
    ? 'throws'
    : n % 10 === 5
      ? 'no data'
      : n % 10 === 7
        ? 'state'
        : n % 10 === 9
          ? 'promise'
          : n % 10 === 1
            ? 'ahead'
            : 'good';

const numbersUpTo = (end: number, ...fates: string[]) =>
  Array.from({ length: end }, (_, n) => n).filter((n) => fates.includes(fateOf(n)));

interface Outcome {
  readonly produced: number;
  readonly results: readonly number[];
  readonly timed: readonly number[];
  readonly sums: ReadonlyMap<number, number>;
  readonly windows: ReadonlyMap<number, readonly number[]>;
  readonly letters: LetterSink;
}

async function runThrough(
  plan: readonly { readonly steps: number; readonly downMs: number }[],
  options: { readonly hasCheckpoints: boolean; readonly readsRanges: boolean },
): Promise<Outcome> {
  const world = new RestartWorld(options);
  const source = new NumberSource();
  source.recordOf = (n) => (fateOf(n) === 'no data' ? { n, f: () => n } : n);
  const results = new Map<number, readonly number[]>();
  const sums = new Map<number, number>();
  const windows = new Map<number, readonly number[]>();
  const timed = new Map<number, readonly number[]>();
  const steps = { step: async (): Promise<void> => undefined };
  const letters = new LetterSink(() => steps.step());
  const save = async <T>(to: Map<number, T>, batchTime: number, value: T) => {
    await steps.step();
    if (to.has(batchTime)) expect(value).toEqual(to.get(batchTime));
    to.set(batchTime, value);
    await steps.step();
  };
  const program = (ssc: StreamingContext): void => {
    steps.step = world.step();
    const isAlive = () => !world.isDead;
    const numbers = ssc
      .receiverStream(source.receiver({ replayable: true, isAlive, readsRanges: options.readsRanges }))
      .map((n) => {
        if (fateOf(n) === 'throws') throw new RangeError(`no ${n}`);
        return fateOf(n) === 'promise' ? (Promise.reject(new Error('late')) as never) : n;
      })
      .uid('check');
    numbers.foreachRDD(async (rdd, { batchTime }) => save(results, batchTime, await rdd.collect()));
    numbers
      .window(3_000, 2_000)
      .foreachRDD(async (rdd, { batchTime }) => save(windows, batchTime, await rdd.collect()));
    numbers
      .assignTimestamps((n) => (fateOf(n) === 'ahead' ? Date.UTC(9_999) : n), { maxFutureMs: 86_400_000 })
      .uid('times')
      .records.foreachRDD(async (rdd, { batchTime }) => save(timed, batchTime, await rdd.collect()));
    if (!options.hasCheckpoints) return;
    numbers
      .map((n): [number, number] => [n % 2, n])
      .mapWithState<number, number, number, number>((_key, n = 0, state) => {
        state.update((state.getOption() ?? 0) + 1);
        if (fateOf(n) === 'state') throw new RangeError(`no state for ${n}`);
        return n;
      })
      .uid('counted')
      .foreachRDD(async (rdd, { batchTime }) => save(sums, batchTime, await rdd.count()));
  };
  const context = { onRecordError: 'dead-letter', deadLetters: letters } as const;
  for (const { steps: stepsToLive, downMs } of plan) {
    const life = world.begin(program, context, stepsToLive);
    void life.ssc.start();
    for (let turn = 0; turn < 60 && !world.isDead; turn += 1) {
      source.produced += 1;
      await world.pass(life, 100);
    }
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
  }
  const last = world.begin(program, context);
  await last.ssc.start();
  for (let turn = 0; turn < 30; turn += 1) {
    source.produced += 1;
    await world.pass(last, 100);
  }
  await world.pass(last, 1_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return {
    produced: source.produced,
    results: inOrder(results),
    timed: inOrder(timed),
    sums,
    windows,
    letters,
  };
}

/** The records of all batches. */
function inOrder(batches: ReadonlyMap<number, readonly number[]>): readonly number[] {
  return [...batches].toSorted(([a], [b]) => a - b).flatMap(([, records]) => records);
}

/** The numbers in the letters of an operator, in ascending order. */
function numbersIn({ letters }: Outcome, operator: string): readonly number[] {
  return letters.letters
    .filter((letter) => letter.operator === operator)
    .map(({ record }) => Number(/(?<n>\d+)(?:\D*)$/.exec(record)?.groups?.['n']))
    .toSorted((a, b) => a - b);
}

describe('records that fail under a driver that dies at any step', () => {
  it.each([
    ['blocks in a log', { hasCheckpoints: true, readsRanges: false }],
    ['ranges of the source in the log', { hasCheckpoints: true, readsRanges: true }],
    ['a log without checkpoints', { hasCheckpoints: false, readsRanges: false }],
  ])(
    'are dead letters once, and all others results once, with %s (ERR-2)',
    async (_name, options) => {
      await fc.assert(
        fc.asyncProperty(deaths, async (plan) => {
          const outcome = await runThrough(plan, options);
          const { produced, letters } = outcome;
          expect(outcome.results).toEqual(numbersUpTo(produced, 'good', 'ahead', 'state'));
          expect(outcome.timed).toEqual(outcome.results);
          expect(numbersIn(outcome, 'assignTimestamps')).toEqual(numbersUpTo(produced, 'ahead'));
          expect(numbersIn(outcome, 'map')).toEqual(numbersUpTo(produced, 'throws', 'promise'));
          expect(numbersIn(outcome, 'store')).toEqual(numbersUpTo(produced, 'no data'));
          expect(letters.changed).toEqual([]);
          if (!options.hasCheckpoints) return;
          expect(numbersIn(outcome, 'mapWithState')).toEqual(numbersUpTo(produced, 'state'));
          const counted = [...outcome.sums.values()].reduce((sum, count) => sum + count, 0);
          expect(counted).toBe(numbersUpTo(produced, 'good', 'ahead').length);
        }),
        { numRuns: 25 },
      );
    },
    60_000,
  );
});
