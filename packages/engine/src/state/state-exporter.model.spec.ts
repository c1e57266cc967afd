// State written to checkpoints in pieces, and read back from them, against a plain map: random batches, checkpoints that
// come late, that fail, or that are of a batch that is not the newest any more.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import type { CheckpointParts } from '../dstream/checkpointed-state.ts';
import { extendChain, readChain, type ChainPart } from './state-chain.ts';
import { StateStore } from './state-store.ts';

const KEYS = 12;

/** What a chain says, applied in order. */
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
  /** How many batches the checkpoint is behind. */
  behind: fc.nat(2),
});

/** Runs batches; after each durable checkpoint, what it holds must be what was true at its batch. */
async function run(plan: readonly (typeof batch extends fc.Arbitrary<infer B> ? B : never)[]): Promise<void> {
  const parts = new MemoryParts();
  const store = new StateStore<number, number>(0);
  const truth = new Map<number, Map<number, [number, number]>>([[0, new Map()]]);
  let [durable, since]: [readonly ChainPart[], number | undefined] = [[], undefined];
  for (const [index, { changes, fails, checkpoint, behind }] of plan.entries()) {
    const time = index + 1;
    const after = new Map(truth.get(time - 1));
    const work = store.advance(time, async (state) => {
      for (const { key, value } of changes) {
        if (value === undefined) state.delete(key);
        else state.set(key, value);
      }
      if (fails) throw new Error('failed');
    });
    await work.catch(() => store.advance(time, async () => undefined));
    for (const { key, value } of fails ? [] : changes) {
      if (value === undefined) after.delete(key);
      else after.set(key, [value, time]);
    }
    truth.set(time, after);
    store.forgetBefore(time - 3);
    const upTo = Math.max(time - behind, since ?? 0);
    if (checkpoint === 'none') continue;
    const chain = await extendChain(durable, [store.exporter.segment(0, since, upTo)], parts);
    if (checkpoint === 'lost') continue;
    [durable, since] = [chain, upTo];
    expect(await contentOf(durable, parts)).toEqual(truth.get(upTo));
  }
}

describe('state in checkpoints', () => {
  it('is what was true at the batch, whatever was written before (STA-1)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 60 }), (plan) => run(plan)),
      { numRuns: 1_000 },
    );
  });

  it('needs what a lost checkpoint seemed to have said again', async () => {
    const set = { changes: [{ key: 0, value: 0 }], fails: false, behind: 0 };
    const nothing = { ...set, changes: [] };
    const plan: Parameters<typeof run>[0] = [
      { ...set, checkpoint: 'written' },
      { ...set, changes: [{ key: 0, value: undefined }], checkpoint: 'lost' },
      { ...nothing, checkpoint: 'written', behind: 2 },
    ];
    await expect(run(plan)).resolves.toBeUndefined();
  });

  it('writes what changed and twice as much of the rest, and never all again', async () => {
    const parts = new MemoryParts();
    const store = new StateStore<number, number>(0);
    const write = async (time: number, keys: readonly number[]) => {
      await store.advance(time, async (state) => keys.forEach((key) => state.set(key, time)));
      return store.exporter.segment(0, time === 1 ? undefined : time - 1, time).keys.length;
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

  it('needs few parts, however many checkpoints there were', async () => {
    const parts = new MemoryParts();
    const store = new StateStore<number, number>(0);
    let chain: readonly ChainPart[] = [];
    for (let time = 1; time < 2_000; time += 1) {
      await store.advance(time, async (state) => state.set(time % 500, time));
      const since = time === 1 ? undefined : time - 1;
      chain = await extendChain(chain, [store.exporter.segment(0, since, time)], parts);
      store.forgetBefore(time);
    }
    expect(chain.length).toBeLessThan(40);
    expect((await contentOf(chain, parts)).size).toBe(500);
  });
});
