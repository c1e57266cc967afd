import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batch, type BatchOf } from '../../test/batches.ts';
import { DeliveredRecords, offsetBehind } from './delivered-records.ts';

interface Asked {
  readonly from?: number;
  /** Producer and first offset of each aborted transaction. */
  readonly aborted?: readonly (readonly [number, number])[];
}

/** `offset value` of every delivered record. */
function delivered(batches: readonly BatchOf[], { from = 0, aborted = [] }: Asked = {}): readonly string[] {
  const answer = {
    batches: batches.map(batch),
    aborted: aborted.map(([producer, first]) => ({
      producerId: BigInt(producer),
      firstOffset: BigInt(first),
    })),
  };
  const records = new DeliveredRecords(answer, from);
  const found: string[] = [];
  for (let next = records.next(); next !== undefined; next = records.next()) {
    found.push(`${records.offset} ${next.value?.toString()}`);
  }
  return found;
}

describe('DeliveredRecords', () => {
  it('leaves out the records of a batch before the asked offset', () => {
    const batches = [
      { at: 10, values: ['a', 'b', 'c'] },
      { at: 13, values: ['d'] },
    ];
    expect(delivered(batches, { from: 12 })).toEqual(['12 c', '13 d']);
    expect(delivered(batches, { from: 14 })).toEqual([]);
  });

  it('keeps the offsets of a batch with holes, as after compaction', () => {
    expect(delivered([{ at: 10, values: ['a', 'b'], deltas: [1, 5] }])).toEqual(['11 a', '15 b']);
  });

  it('leaves out markers', () => {
    const batches: readonly BatchOf[] = [
      { at: 0, values: ['a'], producer: 7, kind: 'transactional' },
      { at: 1, producer: 7, kind: 'commit' },
      { at: 2, values: ['b'] },
    ];
    expect(delivered(batches)).toEqual(['0 a', '2 b']);
  });

  it('leaves out every aborted transaction of a producer, not only the last one', () => {
    const batches: readonly BatchOf[] = [
      { at: 0, values: ['aborted'], producer: 7, kind: 'transactional' },
      { at: 1, producer: 7, kind: 'abort' },
      { at: 2, values: ['committed'], producer: 7, kind: 'transactional' },
      { at: 3, producer: 7, kind: 'commit' },
      { at: 4, values: ['aborted too'], producer: 7, kind: 'transactional' },
      { at: 5, producer: 7, kind: 'abort' },
    ];
    const aborted = [
      [7, 4],
      [7, 0],
    ] as const;
    expect(delivered(batches, { aborted })).toEqual(['2 committed']);
  });

  it('leaves out an aborted transaction whose marker is not in the answer, or whose beginning is not', () => {
    const open: readonly BatchOf[] = [
      { at: 5, values: ['aborted'], producer: 7, kind: 'transactional' },
      { at: 6, values: ['of nobody'] },
    ];
    expect(delivered(open, { aborted: [[7, 5]] })).toEqual(['6 of nobody']);
    const begun: readonly BatchOf[] = [
      { at: 5, values: ['aborted'], producer: 7, kind: 'transactional' },
      { at: 6, producer: 7, kind: 'abort' },
      { at: 7, values: ['committed'], producer: 7, kind: 'transactional' },
    ];
    expect(delivered(begun, { aborted: [[7, 2]] })).toEqual(['7 committed']);
  });

  it('keeps records of the same producer before the aborted transaction, and those of other producers', () => {
    const batches: readonly BatchOf[] = [
      { at: 0, values: ['before'], producer: 7, kind: 'transactional' },
      { at: 1, producer: 7, kind: 'commit' },
      { at: 2, values: ['other'], producer: 8, kind: 'transactional' },
      { at: 3, values: ['aborted'], producer: 7, kind: 'transactional' },
      { at: 4, producer: 7, kind: 'abort' },
      { at: 5, producer: 8, kind: 'commit' },
    ];
    expect(delivered(batches, { aborted: [[7, 3]] })).toEqual(['0 before', '2 other']);
  });

  it('has the time of the producer, or the time of the broker where the topic says so', () => {
    const answer = (isAppendTime: boolean) => ({
      batches: [batch({ at: 0, values: ['a', 'b'], timeMs: 1_000, isAppendTime })],
      aborted: [],
    });
    const times = (isAppendTime: boolean): readonly number[] => {
      const records = new DeliveredRecords(answer(isAppendTime), 0);
      const found: number[] = [];
      for (let next = records.next(); next !== undefined; next = records.next())
        found.push(records.timestampMs(next));
      return found;
    };
    expect([times(false), times(true)]).toEqual([
      [1_000, 1_001],
      [1_100, 1_100],
    ]);
  });

  it('delivers exactly the records of committed transactions for any interleaving', () => {
    // Each step: a producer writes, commits or aborts; at the end every open transaction is aborted.
    const step = fc.record({
      producer: fc.integer({ min: 1, max: 3 }),
      act: fc.constantFrom<('write' | 'commit' | 'abort')[]>('write', 'write', 'commit', 'abort'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(50), (steps, from) => {
        const log = new TransactionLog();
        for (const { producer, act } of steps) log.act(producer, act);
        log.end();
        const expected = log.committed.filter((line) => Number(line.split(' ')[0]) >= from);
        expect(delivered(log.batches, { from, aborted: log.aborted })).toEqual(expected);
      }),
    );
  });
});

describe('offsetBehind', () => {
  it('is behind the last batch, a marker included', () => {
    expect(offsetBehind([])).toBeUndefined();
    expect(offsetBehind([batch({ at: 3, values: ['a', 'b'], deltas: [0, 4] })])).toBe(8);
    expect(offsetBehind([batch({ at: 9, kind: 'commit' })])).toBe(10);
  });
});

/** A partition with transactions of several producers. */
class TransactionLog {
  readonly batches: BatchOf[] = [];
  readonly aborted: [number, number][] = [];
  readonly #open = new Map<number, string[]>();
  readonly #committed: string[] = [];
  #offset = 0;

  get committed(): readonly string[] {
    return this.#committed.toSorted((a, b) => Number(a.split(' ')[0]) - Number(b.split(' ')[0]));
  }

  act(producer: number, act: 'write' | 'commit' | 'abort'): void {
    if (act === 'write') return this.#write(producer);
    const lines = this.#open.get(producer);
    if (lines === undefined) return;
    this.#open.delete(producer);
    if (act === 'commit') for (const line of lines) this.#committed.push(line);
    else this.aborted.push([producer, Number(lines[0]?.split(' ')[0])]);
    this.batches.push({ at: this.#offset, producer, kind: act });
    this.#offset += 1;
  }

  end(): void {
    for (const producer of this.#open.keys()) this.act(producer, 'abort');
  }

  #write(producer: number): void {
    const value = `value-${this.#offset}`;
    this.batches.push({ at: this.#offset, values: [value], producer, kind: 'transactional' });
    const lines = this.#open.get(producer) ?? [];
    lines.push(`${this.#offset} ${value}`);
    this.#open.set(producer, lines);
    this.#offset += 1;
  }
}
