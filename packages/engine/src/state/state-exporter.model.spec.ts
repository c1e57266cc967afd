// State written to checkpoints in pieces, and read back, against a plain map. Random batches meet checkpoints that come
// late, that fail, or that are of a batch that is no longer the newest. A checkpoint asks one copy of the partition or
// the other, once, or again because an answer was lost.
import { SeededRandom } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';
import { extendChain, readChain, type ChainPart } from './state-chain.ts';
import type { DurableSegment } from './state-exporter.ts';
import { StateStore } from './state-store.ts';

const KEYS = 12;

/** The content of a chain, applied in order. */
async function contentOf(
  chain: readonly ChainPart[],
  parts: CheckpointParts,
): Promise<Map<unknown, unknown>> {
  let content = new Map<unknown, unknown>();
  for await (const { isFull, keys, values, touched, removed } of readChain(chain, parts)) {
    if (isFull) content = new Map();
    for (const [index, key] of keys.entries()) content.set(key, [values[index], touched[index]]);
    for (const key of removed) content.delete(key);
  }
  return content;
}

const change = fc.record({ key: fc.nat(KEYS - 1), value: fc.option(fc.nat(1_000), { nil: undefined }) });
const batch = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  fails: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
  checkpoint: fc.constantFrom('none', 'none', 'written', 'lost'),
  /** The number of batches that the checkpoint is behind. */
  behind: fc.nat(2),
  /** The copies of the partition that are asked, one after the other; the last answer arrives. */
  asked: fc.array(fc.nat(1), { minLength: 1, maxLength: 3 }),
  answer: fc.nat(2),
  /** True when partitions without changes also write slices. */
  retells: fc.boolean(),
});

type Batch = typeof batch extends fc.Arbitrary<infer B> ? B : never;

const NOTHING_DURABLE: DurableSegment = { since: undefined, told: undefined, retellUpTo: undefined };

/** Makes a batch, after a failed attempt where the plan has one. */
async function advance(
  store: StateStore<number, number>,
  time: number,
  { changes, fails }: Pick<Batch, 'changes' | 'fails'>,
): Promise<void> {
  const work = store.advance(time, async (state) => {
    for (const { key, value } of changes) {
      if (value === undefined) state.delete(key);
      else state.set(key, value);
    }
    if (fails) throw new Error('failed');
  });
  await work.catch(() => store.advance(time, async () => undefined));
  store.forgetBefore(time - 3);
}

/** Runs batches; after each durable checkpoint, its content must equal the state as of its batch. */
async function run(plan: readonly Batch[]): Promise<void> {
  const parts = new MemoryParts();
  const random = new SeededRandom(1);
  const copies = [new StateStore<number, number>(0), new StateStore<number, number>(0)];
  const truth = new Map<number, Map<number, [number, number]>>([[0, new Map()]]);
  let [chain, durable]: [readonly ChainPart[], DurableSegment] = [[], NOTHING_DURABLE];
  for (const [index, batch] of plan.entries()) {
    const time = index + 1;
    for (const copy of copies) await advance(copy, time, batch);
    const after = new Map(truth.get(time - 1));
    for (const { key, value } of batch.fails ? [] : batch.changes) {
      if (value === undefined) after.delete(key);
      else after.set(key, [value, time]);
    }
    truth.set(time, after);
    if (batch.checkpoint === 'none') continue;
    const upTo = Math.max(time - batch.behind, durable.since ?? 0);
    const asked = { ...durable, retellUpTo: batch.retells ? upTo : undefined };
    const answers = batch.asked.map((copy) => copies[copy]?.exporter.segment(0, asked, upTo, random.id(12)));
    const answer = answers[batch.answer % answers.length];
    if (answer === undefined) throw new Error('there are two copies');
    const extended = await extendChain(chain, [answer], parts);
    if (batch.checkpoint === 'lost') continue;
    [chain, durable] = [extended, { ...NOTHING_DURABLE, since: upTo, told: answer.told }];
    expect(await contentOf(chain, parts)).toEqual(truth.get(upTo));
  }
}

describe('state in checkpoints', () => {
  it('is the state as of the batch, after all kinds of earlier checkpoints (STA-1)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 60, size: 'max' }), (plan) => run(plan)),
      { numRuns: 1_000 },
    );
  });

  it('needs the slices of a lost checkpoint again', async () => {
    const set = {
      changes: [{ key: 0, value: 0 }],
      fails: false,
      behind: 0,
      asked: [0],
      answer: 0,
      retells: false,
    };
    const nothing = { ...set, changes: [] };
    const plan: Batch[] = [
      { ...set, checkpoint: 'written' },
      { ...set, changes: [{ key: 0, value: undefined }], checkpoint: 'lost' },
      { ...nothing, checkpoint: 'written', behind: 2 },
    ];
    await expect(run(plan)).resolves.toBeUndefined();
  });

  it('is exported in full by a copy that does not know the exports of the other copy', async () => {
    const at = { behind: 0, checkpoint: 'written' as const, retells: false };
    const set = { ...at, changes: [{ key: 0, value: 0 }], fails: false };
    const nothing = { ...set, changes: [] };
    const plan: Batch[] = [
      { ...set, asked: [1, 0], answer: 1 },
      { ...nothing, asked: [1], answer: 0 },
    ];
    await expect(run(plan)).resolves.toBeUndefined();
  });

  it('writes the changes and twice as much of the rest, and never everything again', async () => {
    const parts = new MemoryParts();
    const store = new StateStore<number, number>(0);
    const random = new SeededRandom(1);
    let durable = NOTHING_DURABLE;
    const write = async (time: number, keys: readonly number[]) => {
      await store.advance(time, async (state) => keys.forEach((key) => state.set(key, time)));
      const segment = store.exporter.segment(0, durable, time, random.id(12));
      durable = { ...NOTHING_DURABLE, since: time, told: segment.told };
      return segment.keys.length;
    };
    expect(
      await write(
        1,
        Array.from({ length: 1_000 }, (_, key) => key),
      ),
    ).toBe(1_000);
    const sizes: number[] = [];
    for (let time = 2; time < 400; time += 1) sizes.push(await write(time, [time % 100, (time + 1) % 100]));
    expect(Math.max(...sizes)).toBe(6);
    expect(parts.written.size).toBe(0);
  });

  it('needs few parts after any number of checkpoints', async () => {
    const parts = new MemoryParts();
    const store = new StateStore<number, number>(0);
    const random = new SeededRandom(1);
    let [chain, durable]: [readonly ChainPart[], DurableSegment] = [[], NOTHING_DURABLE];
    for (let time = 1; time < 2_000; time += 1) {
      await store.advance(time, async (state) => state.set(time % 500, time));
      const segment = store.exporter.segment(0, durable, time, random.id(12));
      durable = { ...NOTHING_DURABLE, since: time, told: segment.told };
      chain = await extendChain(chain, [segment], parts);
      store.forgetBefore(time);
    }
    expect(chain.length).toBeLessThan(40);
    expect((await contentOf(chain, parts)).size).toBe(500);
  });
});
