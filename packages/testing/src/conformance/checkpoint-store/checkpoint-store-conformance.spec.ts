import type { BatchTime } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { CHECKPOINT_STORE_KIT } from './checkpoint-store-conformance.ts';
import type { CheckpointStoreSubject, CheckpointStoreTarget } from './checkpoint-store-target.ts';

const BUGS = {
  'CHECKPOINT-1.1': 'writes in place',
  'CHECKPOINT-2.1': 'never syncs',
  'CHECKPOINT-3.1': 'returns the checkpoint written last',
  'CHECKPOINT-3.2': 'reads damaged checkpoints',
  'CHECKPOINT-3.3': 'does not call accept',
  'CHECKPOINT-4.1': 'is silent',
  'CHECKPOINT-5.1': 'begins with an empty one',
  'CHECKPOINT-5.2': 'begins from nothing',
  'CHECKPOINT-6.1': 'keeps no copy',
  'CHECKPOINT-7.1': 'lists by name',
  'CHECKPOINT-8.1': 'prunes the newest',
  'CHECKPOINT-9.1': 'takes bytes for text',
  'CHECKPOINT-11.1': 'removes before writing',
  'CHECKPOINT-12.1': 'writes parts in place',
  'CHECKPOINT-12.2': 'never syncs parts',
  'CHECKPOINT-13.1': 'keeps no copy of parts',
  'CHECKPOINT-13.2': 'has bytes for every part',
  'CHECKPOINT-13.3': 'reads damaged parts',
  'CHECKPOINT-14.1': 'lists parts by name',
  'CHECKPOINT-15.1': 'fails when the part is absent',
  'CHECKPOINT-15.2': 'prunes parts',
  'CHECKPOINT-16.1': 'does not wait for accept',
} as const;
type Bug = (typeof BUGS)[keyof typeof BUGS];

/** A checkpoint or a part on the disk. */
interface Entry {
  bytes: Uint8Array;
  isDamaged: boolean;
}

/** A store on a disk that is a map. */
function target(bug?: Bug): CheckpointStoreTarget {
  const disk = new Map<BatchTime, Entry>();
  const parts = new Map<number, Entry>();
  let warnings = 0;
  let isFailing = false;
  let halt: { left: number; readonly done: PromiseWithResolvers<void> } | undefined;
  const step = async (): Promise<void> => {
    if (halt === undefined) return;
    halt.left -= 1;
    if (halt.left > 0) return;
    halt.done.resolve();
    await new Promise(() => undefined);
  };
  if (bug === 'begins with an empty one') disk.set(0, { bytes: new Uint8Array(0), isDamaged: false });
  const times = () => {
    const all = [...disk.keys()];
    if (bug === 'returns the checkpoint written last') return all;
    return bug === 'lists by name' ? all.map(String).toSorted().map(Number) : all.toSorted((a, b) => a - b);
  };
  return {
    createStore: () => ({
      write: async (batchTime, bytes) => {
        await step();
        if (bug === 'removes before writing') disk.delete(batchTime);
        if (bug === 'writes in place') disk.set(batchTime, { bytes: bytes.slice(1), isDamaged: false });
        await step();
        if (isFailing) throw coreError('MR_STORAGE_FAILED', 'failed');
        const text =
          bug === 'takes bytes for text' ? Buffer.from(Buffer.from(bytes).toString()) : bytes.slice();
        disk.set(batchTime, { bytes: bug === 'keeps no copy' ? bytes : text, isDamaged: false });
      },
      newest: async (accept = () => true) => {
        for (const batchTime of times().toReversed()) {
          const entry = disk.get(batchTime);
          if (entry === undefined) continue;
          const isReadable = !entry.isDamaged || bug === 'reads damaged checkpoints';
          const checkpoint = { batchTime, bytes: entry.isDamaged ? new Uint8Array(1) : entry.bytes };
          const answer = accept(checkpoint);
          const isAccepted = bug === 'does not wait for accept' ? answer : await answer;
          if (isReadable && (isAccepted !== false || bug === 'does not call accept')) return checkpoint;
          if (bug !== 'is silent') warnings += 1;
        }
        if (disk.size === 0 || bug === 'begins from nothing') return undefined;
        throw coreError('MR_CHECKPOINT_UNREADABLE', 'none can be read');
      },
      list: async () => times(),
      prune: async (keep) => {
        const old = bug === 'prunes the newest' ? times().slice(keep) : times().slice(0, -keep);
        for (const time of old) disk.delete(time);
        if (bug === 'prunes parts') parts.clear();
      },
      writePart: async (part, bytes) => {
        await step();
        if (bug === 'writes parts in place') parts.set(part, { bytes: bytes.slice(1), isDamaged: false });
        await step();
        const kept = bug === 'keeps no copy of parts' ? bytes : bytes.slice();
        parts.set(part, { bytes: kept, isDamaged: false });
      },
      readPart: async (part) => {
        const entry = parts.get(part);
        if (entry === undefined && bug === 'has bytes for every part') return new Uint8Array(0);
        if (entry !== undefined && (!entry.isDamaged || bug === 'reads damaged parts')) return entry.bytes;
        throw coreError('MR_CHECKPOINT_PART_UNREADABLE', 'cannot be read');
      },
      listParts: async () => {
        const all = [...parts.keys()];
        if (bug === 'lists parts by name') return all.map(String).toSorted().map(Number);
        return all.toSorted((a, b) => a - b);
      },
      removePart: async (part) => {
        const isRemoved = parts.delete(part);
        if (!isRemoved && bug === 'fails when the part is absent') throw new Error('no such part');
      },
    }),
    crashProcess: () => {
      halt = undefined;
    },
    crashMachine: () => {
      if (bug === 'never syncs') disk.clear();
      if (bug === 'never syncs parts') parts.clear();
    },
    haltAfter: (operations) => {
      halt = { left: operations, done: Promise.withResolvers<void>() };
      return halt.done.promise;
    },
    damage: (batchTime) => {
      const entry = disk.get(batchTime);
      if (entry !== undefined) entry.isDamaged = true;
    },
    damagePart: (part) => {
      const entry = parts.get(part);
      if (entry !== undefined) entry.isDamaged = true;
    },
    setFailing: (failing) => {
      isFailing = failing;
    },
    warnings: () => warnings,
  };
}

const subjectWith = (bug?: Bug): CheckpointStoreSubject => ({
  capabilities: { durability: 'machine' },
  create: () => target(bug),
});

describe('the kit of checkpoint stores', () => {
  it('passes a correct store', async () => {
    expect(await problemsOf(CHECKPOINT_STORE_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken store for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(CHECKPOINT_STORE_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a store that %s', async (number, bug) => {
    expect(await outcomeOf(CHECKPOINT_STORE_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});
