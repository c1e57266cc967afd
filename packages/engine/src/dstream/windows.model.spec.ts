// Windows compared with the simplest model: the batches inside, all their records, one loop. A window has the same
// records for any length and slide, any cut of records into blocks, and any number of partitions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idleReceiverStream } from '../../test/idle-receiver-stream.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream } from './dstream.ts';

type Word = readonly [string, number];

/** A program over a window, and the expected records. Results are compared in order of their text. */
interface Case {
  readonly name: string;
  readonly build: (words: DStream<Word>, span: Span) => DStream<unknown>;
  readonly naive: (inside: readonly Word[]) => readonly unknown[];
}

interface Span {
  readonly windowMs: number;
  readonly slideMs: number;
  readonly partitions: number;
}

const add = (a: number, b: number) => a + b;
const subtract = (a: number, b: number) => a - b;
const every = { inverse: subtract, filter: () => true };

const cases: readonly Case[] = [
  {
    name: 'window',
    build: (words, { windowMs, slideMs }) => words.window(windowMs, slideMs),
    naive: (inside) => inside,
  },
  {
    name: 'reduceByWindow',
    build: (words, { windowMs, slideMs }) => words.map(([, n]) => n).reduceByWindow(add, windowMs, slideMs),
    naive: (inside) => (inside.length === 0 ? [] : [total(inside)]),
  },
  {
    name: 'countByWindow',
    build: (words, { windowMs, slideMs }) => words.countByWindow(windowMs, slideMs),
    naive: (inside) => [inside.length],
  },
  {
    name: 'countByValueAndWindow',
    build: (words, { windowMs, slideMs, partitions }) =>
      words.map(([word]) => word).countByValueAndWindow(windowMs, slideMs, partitions),
    naive: (inside) => [...sums(inside.map(([word]) => [word, 1]))],
  },
  {
    name: 'groupByKeyAndWindow',
    build: (words, { windowMs, slideMs, partitions }) =>
      words.groupByKeyAndWindow(windowMs, slideMs, partitions),
    naive: (inside) =>
      [...sums(inside).keys()].map((word) => [word, inside.filter(([w]) => w === word).map(([, n]) => n)]),
  },
  {
    name: 'reduceByKeyAndWindow',
    build: (words, { windowMs, slideMs, partitions }) =>
      words.reduceByKeyAndWindow(add, windowMs, slideMs, partitions),
    naive: (inside) => [...sums(inside)],
  },
  {
    name: 'reduceByKeyAndWindow with an inverse function',
    build: (words, { windowMs, slideMs, partitions }) =>
      words.reduceByKeyAndWindow(add, windowMs, slideMs, { ...every, partitions }),
    naive: (inside) => [...sums(inside)],
  },
  {
    name: 'reduceByKeyAndWindow with an inverse function and a filter',
    build: (words, { windowMs, slideMs, partitions }) =>
      words.reduceByKeyAndWindow(add, windowMs, slideMs, {
        inverse: subtract,
        filter: ([, sum]) => sum !== 0,
        partitions,
      }),
    naive: (inside) => [...sums(inside)].filter(([, sum]) => sum !== 0),
  },
  {
    name: 'a window over windows',
    build: (words, { windowMs, slideMs, partitions }) =>
      words
        .reduceByKeyAndWindow(add, windowMs, slideMs, { ...every, partitions })
        .window(slideMs)
        .reduceByKey(add),
    naive: (inside) => [...sums(inside)],
  },
  {
    name: 'a join of two windows',
    build: (words, { windowMs, slideMs, partitions }) =>
      words
        .reduceByKeyAndWindow(add, windowMs, slideMs, { ...every, partitions })
        .fullOuterJoin(words.map(([word]) => word).countByValueAndWindow(windowMs, slideMs)),
    naive: (inside) =>
      [...sums(inside)].map(([word, sum]) => [word, [sum, inside.filter(([w]) => w === word).length]]),
  },
];

function total(words: readonly Word[]): number {
  return words.reduce((sum, [, n]) => sum + n, 0);
}

function sums(words: readonly Word[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const [word, n] of words) result.set(word, (result.get(word) ?? 0) + n);
  return result;
}

const inOrder = (records: readonly unknown[]) => records.map((record) => JSON.stringify(record)).toSorted();

const word = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: -3, max: 3 }));
/** Batches of blocks of words; many are empty. */
const batches = fc.array(fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 10,
});
const world = fc.record({
  batches,
  window: fc.integer({ min: 1, max: 5 }),
  slide: fc.integer({ min: 1, max: 4 }),
  parallelism: fc.integer({ min: 1, max: 3 }),
  partitions: fc.integer({ min: 1, max: 4 }),
  isCut: fc.boolean(),
});

describe('over any batches, spans, blocks and partitions', () => {
  it.each(cases)('$name equals the model over the records inside', async ({ build, naive }) => {
    await fc.assert(
      fc.asyncProperty(world, async ({ batches: cut, window, slide, parallelism, partitions, isCut }) => {
        const fixture = new StreamFixture({ defaultParallelism: parallelism });
        const words = idleReceiverStream<Word>(fixture);
        for (const [index, blocks] of cut.entries()) {
          for (const [block, records] of (isCut ? blocks : [blocks.flat()]).entries())
            fixture.allocate((index + 1) * 1_000, 0, `${index}-${block}`, records);
        }
        const span = { windowMs: window * 1_000, slideMs: slide * 1_000, partitions };
        const seen = fixture.record(build(words, span));
        await fixture.run(cut.length);
        const whole = cut.map((blocks) => blocks.flat());
        for (let end = slide; end <= cut.length; end += slide) {
          const inside = whole.slice(Math.max(0, end - window), end);
          const expected = naive(inside.flat());
          expect(inOrder(seen.get(end * 1_000) ?? [])).toEqual(inOrder(expected));
        }
        expect(seen.size).toBe(Math.floor(cut.length / slide));
      }),
      { numRuns: 40 },
    );
  });
});
