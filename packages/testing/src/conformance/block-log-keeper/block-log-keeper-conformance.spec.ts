import type { BatchTime, BlockId, BlockLogKeeper, ReceivedBlockInfo, StoredBlock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { BLOCK_LOG_KEEPER_KIT } from './block-log-keeper-conformance.ts';
import type { BlockLogKeeperSubject } from './block-log-keeper-target.ts';

const BUGS = {
  'KEEPER-1.1': 'forgets waiting blocks',
  'KEEPER-2.1': 'releases the threshold too',
  'KEEPER-2.2': 'knows added blocks only',
  'KEEPER-3.1': 'removes during the recovery',
  'KEEPER-4.1': 'overlooks holes',
  'KEEPER-5.1': 'removes nothing',
  'KEEPER-5.2': 'starts with an empty log',
  'KEEPER-6.1': 'waits for holes for ever',
  'KEEPER-7.1': 'abandons nothing',
  'KEEPER-8.1': 'counts foreign blocks',
} as const;
type Bug = (typeof BUGS)[keyof typeof BUGS];

/** A log that is a list, whose prefix a keeper removes. */
class ListLog {
  readonly entries: { readonly id: BlockId; readonly atMs: number }[] = [];
  removed = 0;
  nowMs = 0;
}

class ListKeeper implements BlockLogKeeper {
  readonly #log: ListLog;
  readonly #bug: Bug | undefined;
  readonly #begin: number;
  readonly #waiting = new Map<number, BatchTime>();
  readonly #batches = new Map<BatchTime, number[]>();
  readonly #known = new Set<number>();
  #isRecovered = false;

  constructor(log: ListLog, bug: Bug | undefined) {
    this.#log = log;
    this.#bug = bug;
    this.#begin = bug === 'starts with an empty log' ? log.entries.length : 0;
  }

  added(block: ReceivedBlockInfo, timeMs: BatchTime): void {
    const place = this.#placeOf(block);
    if (place === undefined) return;
    this.#known.add(place);
    this.#waiting.set(place, timeMs);
  }

  allocated(batchTime: BatchTime, blocks: readonly ReceivedBlockInfo[]): void {
    const places = blocks.map((block) => this.#placeOf(block)).filter((place) => place !== undefined);
    const told =
      this.#bug === 'knows added blocks only' ? places.filter((at) => this.#known.has(at)) : places;
    for (const place of told) {
      this.#known.add(place);
      this.#waiting.delete(place);
    }
    this.#batches.set(batchTime, told);
  }

  released(threshold: BatchTime): void {
    for (const batchTime of this.#batches.keys()) {
      const isOver =
        this.#bug === 'releases the threshold too' ? batchTime <= threshold : batchTime < threshold;
      if (isOver) this.#batches.delete(batchTime);
    }
    this.#remove();
  }

  abandoned(timeMs: BatchTime): void {
    if (this.#bug === 'abandons nothing') return;
    for (const [place, addedMs] of this.#waiting) if (addedMs < timeMs) this.#waiting.delete(place);
  }

  recovered(): void {
    this.#isRecovered = true;
  }

  #placeOf({ handle, isInline }: ReceivedBlockInfo): number | undefined {
    if (this.#bug === 'counts foreign blocks') return handle?.offset ?? 0;
    return handle === undefined || isInline === true ? undefined : handle.offset;
  }

  #remove(): void {
    if (!this.#isRecovered && this.#bug !== 'removes during the recovery') return;
    if (this.#bug === 'removes nothing') return;
    const { entries, nowMs } = this.#log;
    const needed = new Set([...this.#batches.values()].flat());
    if (this.#bug !== 'forgets waiting blocks') for (const place of this.#waiting.keys()) needed.add(place);
    let end = this.#log.removed;
    if (end < this.#begin) return;
    for (; end < entries.length; end += 1) {
      const entry = entries[end];
      if (entry === undefined || needed.has(end)) break;
      const isYoung = nowMs - entry.atMs < 1_000 || this.#bug === 'waits for holes for ever';
      if (!this.#known.has(end) && isYoung && this.#bug !== 'overlooks holes') break;
    }
    this.#log.removed = end;
  }
}

function subjectWith(bug?: Bug): BlockLogKeeperSubject {
  const create = () => {
    const log = new ListLog();
    return {
      beginDriver: () => new ListKeeper(log, bug),
      store: async (blockId: BlockId): Promise<StoredBlock> => {
        const offset = log.entries.push({ id: blockId, atMs: log.nowMs }) - 1;
        const handle = { segment: 'blocks', offset, length: 1 };
        return { blockId, recordCount: 1, sizeBytes: 1, durability: 'machine', handle };
      },
      has: async ({ handle }: StoredBlock) => (handle?.offset ?? -1) >= log.removed,
      settled: async () => undefined,
      passGrace: () => void (log.nowMs += 2_000),
    };
  };
  return { capabilities: {}, create, report: false };
}

describe('the kit of BlockLogKeeper', () => {
  it('passes a correct keeper in every check', async () => {
    expect(await problemsOf(BLOCK_LOG_KEEPER_KIT, subjectWith())).toEqual([]);
  });

  it.each(Object.entries(BUGS))('%s fails a keeper that %s', async (number, bug) => {
    expect(await outcomeOf(BLOCK_LOG_KEEPER_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });

  it('has a broken keeper for each check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(BLOCK_LOG_KEEPER_KIT));
  });
});
