import type { Block, BlockStore } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { BLOCK_STORE_KIT, type BlockStoreSubject } from './block-store-conformance.ts';

const BUGS = {
  'BLOCKSTORE-1.1': 'answers any block',
  'BLOCKSTORE-2.1': 'replaces',
  'BLOCKSTORE-3.1': 'has no bound',
  'BLOCKSTORE-4.1': 'evicts anything',
  'BLOCKSTORE-5.1': 'remembers ids',
  'BLOCKSTORE-6.1': 'removes all',
  'BLOCKSTORE-7.1': 'never gives bytes back',
  'BLOCKSTORE-8.1': 'counts across awaits',
} as const;
type Bug = (typeof BUGS)[keyof typeof BUGS];

function subjectWith(bug?: Bug): BlockStoreSubject {
  const create = () => {
    const blocks = new Map<string, { block: Block; isEvictable: boolean }>();
    const ids = new Set<string>();
    const maxBytes = 1_000;
    let bytes = 0;
    const drop = (id: string) => {
      const entry = blocks.get(id);
      if (entry === undefined || !blocks.delete(id)) return;
      if (bug !== 'never gives bytes back') bytes -= entry.block.sizeBytes;
    };
    const store: BlockStore = {
      put: async (id, block, { evictable = false } = {}) => {
        if (blocks.has(id) && bug !== 'replaces') throw coreError('MR_BLOCK_DUPLICATE', id);
        for (const [other, { isEvictable }] of blocks)
          if (bytes + block.sizeBytes > maxBytes && (isEvictable || bug === 'evicts anything')) drop(other);
        const isFull = bytes + block.sizeBytes > maxBytes;
        if (isFull && bug !== 'has no bound') throw coreError('MR_BLOCK_STORE_FULL', id);
        const before = bytes;
        if (bug === 'counts across awaits') await Promise.resolve();
        blocks.set(id, { block, isEvictable: evictable });
        ids.add(id);
        bytes = before + block.sizeBytes;
      },
      get: async (id) =>
        (blocks.get(id) ?? (bug === 'answers any block' ? [...blocks.values()][0] : undefined))?.block,
      has: (id) => (bug === 'remembers ids' ? ids : blocks).has(id),
      remove: async (removed) => (bug === 'removes all' ? [...blocks.keys()] : removed).forEach(drop),
      usage: () => ({ blocks: blocks.size, bytes, maxBytes }),
    };
    return { store };
  };
  return { capabilities: { maxBytes: 1_000 }, create };
}

describe('the kit of block stores', () => {
  it('passes a correct store', async () => {
    expect(await problemsOf(BLOCK_STORE_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken store for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(BLOCK_STORE_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a store that %s', async (number, bug) => {
    expect(await outcomeOf(BLOCK_STORE_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});
