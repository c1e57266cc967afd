// The parts that an operator's checkpoints name over time, when the keys of some partitions are never touched again.
import { SeededRandom, type BatchTime } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import { KeptState } from './kept-state.ts';
import { restoredEntries, type StateData } from './restored-state.ts';
import { StateStore } from './state-store.ts';

const IDLE_KEYS = 20;
/** The number of parts of one level that become one part of the next level. */
const PARTS_PER_LEVEL = 8;
/** The bound of ADR 0010 for the needed exports. */
const NEEDED = 2 * IDLE_KEYS + 20;
/**
 * For so many exports, parts of two levels over the single ones; the oldest part may be needed for its last export
 * only.
 */
const MAX_LEVEL = 2;
const MAX_TELLINGS = NEEDED + PARTS_PER_LEVEL ** MAX_LEVEL - 1;
const MAX_PARTS = (MAX_LEVEL + 1) * (PARTS_PER_LEVEL - 1);

type Change = readonly [partition: number, key: number];

/** An operator with one batch a checkpoint. */
class Operator {
  readonly parts = new MemoryParts();
  /** The number of segments with content, by partition. */
  readonly spoken: number[];
  readonly #kept: KeptState<number, number>;
  readonly #stores: readonly StateStore<number, number>[];
  readonly #random = new SeededRandom(1);
  #time: BatchTime = 0;

  constructor(partitions: number) {
    this.spoken = Array.from({ length: partitions }, () => 0);
    this.#kept = new KeptState({ partitions, dueAt: undefined, conditions: undefined });
    this.#stores = Array.from({ length: partitions }, () => new StateStore<number, number>(0));
  }

  /** A batch and its checkpoint; a lost checkpoint is written, and not durable. */
  async checkpoint(changes: readonly Change[], isLost = false): Promise<StateData> {
    const time = (this.#time += 1);
    const { since, told, retellUpTo } = this.#kept.durable;
    const segments = [];
    for (const [partition, store] of this.#stores.entries()) {
      const keys = changes.filter(([target]) => target === partition).map(([, key]) => key);
      await store.advance(time, async (state) => keys.forEach((key) => state.set(key, time)));
      store.forgetBefore(time);
      const durable = { since, told: told[partition], retellUpTo };
      const segment = store.exporter.segment(partition, durable, time, this.#random.id(12));
      if (segment.keys.length > 0) this.spoken[partition] = (this.spoken[partition] ?? 0) + 1;
      segments.push(segment);
    }
    const data = await this.#kept.export(time, segments, this.parts);
    if (!isLost) this.#kept.checkpointed();
    return data;
  }

  /** The present content of every partition. */
  now(): unknown {
    return this.#stores.map((store) => new Map(store.entriesAt(this.#time)));
  }

  /** The content of a checkpoint. */
  async restored({ chain }: StateData): Promise<unknown> {
    const kept = await restoredEntries<number>(chain, this.parts);
    return this.#stores.map((_, partition) => new Map(kept.get(partition)));
  }
}

/** The number of exports in the parts of a checkpoint. */
function tellingsIn({ chain }: StateData): number {
  return chain.reduce((sum, { level }) => sum + PARTS_PER_LEVEL ** level, 0);
}

const firstKeys = (partition: number, count: number): Change[] =>
  Array.from({ length: count }, (_, key) => [partition, key]);

describe('the parts that checkpoints of an operator name', () => {
  it.each([
    ['every time', (time: number) => [[1, time % 3] as const], () => false],
    ['now and then', (time: number) => (time % 3 === 0 ? [[1, 0] as const] : []), () => false],
    [
      'every time, with lost checkpoints',
      (time: number) => [[1, time % 3] as const],
      (time: number) => time % 37 === 0,
    ],
  ])('are few beside idle partitions, if others change %s (STA-1)', async (_, changes, isLost) => {
    const operator = new Operator(4);
    await operator.checkpoint([...firstKeys(0, IDLE_KEYS), ...firstKeys(2, 1)]);
    for (let time = 2; time < 1_500; time += 1) {
      const data = await operator.checkpoint(changes(time), isLost(time));
      expect(await operator.restored(data)).toEqual(operator.now());
      expect(tellingsIn(data)).toBeLessThanOrEqual(MAX_TELLINGS);
      expect(data.chain.length).toBeLessThanOrEqual(MAX_PARTS);
    }
  });

  it('stop growing after one checkpoint of an operator at rest', async () => {
    const operator = new Operator(3);
    await operator.checkpoint([...firstKeys(0, IDLE_KEYS), ...firstKeys(1, 1)]);
    for (let time = 2; time < 40; time += 1) await operator.checkpoint([[2, 0]]);
    await operator.checkpoint([]);
    const { size } = operator.parts.written;
    for (let time = 41; time < 140; time += 1) await operator.checkpoint([]);
    expect(operator.parts.written.size).toBe(size);
  });

  it('do not repeat the content of recent parts', async () => {
    const operator = new Operator(2);
    await operator.checkpoint(firstKeys(0, 1));
    for (let time = 2; time <= 81; time += 1) await operator.checkpoint([[1, 0]]);
    expect(operator.spoken).toEqual([1 + 80 / PARTS_PER_LEVEL, 80]);
  });
});
