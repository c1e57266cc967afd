// The kit of the `BlockStore` port.
import assert from 'node:assert/strict';
import { type BlockStore, isMillraceError } from '@millrace/core';
import { recordsBlock } from '../../builders.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { type TargetSubject, type TargetTrial, withTarget } from '../kit/with-target.ts';

/** A store for one check. */
export interface BlockStoreTarget {
  /** An empty store, bounded at `maxBytes` of the capabilities. */
  readonly store: BlockStore;
  dispose?(): void | Promise<void>;
}

/** The claims of a store. */
export interface BlockStoreCapabilities {
  /** The bound of the targets, in bytes: at least 1,000. */
  readonly maxBytes: number;
}

/** The subject of the kit. */
export type BlockStoreSubject = TargetSubject<BlockStoreTarget, BlockStoreCapabilities>;
/** The input of each check. */
export type BlockStoreTrial = TargetTrial<BlockStoreTarget, BlockStoreCapabilities>;

const CHECKS: readonly ConformanceCheck<BlockStoreTrial>[] = [
  {
    number: 'BLOCKSTORE-1.1',
    title: 'get returns the block of an id, and undefined for any other id',
    look: 'the key of a block, and the answer after remove',
    run: async ({ target: { store } }) => {
      await store.put('a', recordsBlock([1, 2]));
      await store.put('b', recordsBlock(['b']));
      assert.equal((await store.get('a'))?.recordCount, 2);
      assert.equal((await store.get('b'))?.recordCount, 1);
      assert.equal(await store.get('c'), undefined);
      await store.remove(['a']);
      assert.equal(await store.get('a'), undefined);
    },
  },
  {
    number: 'BLOCKSTORE-2.1',
    title: 'a put under a present id is refused with MR_BLOCK_DUPLICATE, and the stored block stays',
    look: 'a put that replaces the stored block',
    run: async ({ target: { store } }) => {
      await store.put('a', recordsBlock([1, 2]));
      const error = await rejectionOf(store.put('a', recordsBlock([3])));
      assert(isMillraceError(error, 'MR_BLOCK_DUPLICATE'), `expected MR_BLOCK_DUPLICATE, got ${told(error)}`);
      assert.equal((await store.get('a'))?.recordCount, 2);
    },
  },
  {
    number: 'BLOCKSTORE-3.1',
    title: 'a put beyond the bound is refused with MR_BLOCK_STORE_FULL and stores nothing',
    promises: ['BLK-2'],
    look: 'the place of the bound comparison, and changes made before the comparison',
    run: async ({ target: { store }, capabilities }) => {
      const half = sized(Math.ceil(capabilities.maxBytes / 2) + 1);
      await store.put('a', half);
      const before = store.usage();
      const error = await rejectionOf(store.put('b', half));
      assert(
        isMillraceError(error, 'MR_BLOCK_STORE_FULL'),
        `expected MR_BLOCK_STORE_FULL, got ${told(error)}`,
      );
      assert.equal(error.disposition, 'back-off');
      assert.deepEqual(store.usage(), before);
      assert(!store.has('b'));
      await store.remove(['a']);
      await store.put('b', half);
    },
  },
  {
    number: 'BLOCKSTORE-4.1',
    title: 'a block without the evictable flag is never dropped to make room',
    promises: ['BLK-2'],
    look: 'the choice of evicted blocks: only blocks put as evictable may be evicted',
    run: async ({ target: { store }, capabilities }) => {
      const third = sized(Math.floor(capabilities.maxBytes / 3));
      await store.put('kept', third);
      for (let i = 0; i < 10; i += 1) await store.put(`cached-${i}`, third, { evictable: true });
      assert(store.has('kept'), 'a block without evictable was dropped');
      assert(store.usage().bytes <= capabilities.maxBytes, 'the bound was exceeded');
    },
  },
  {
    number: 'BLOCKSTORE-5.1',
    title: 'has answers true exactly when get finds the block',
    look: 'ids that outlive their blocks',
    run: async ({ target: { store } }) => {
      assert.equal(store.has('a'), false);
      await store.put('a', recordsBlock([1]));
      assert.equal(store.has('a'), true);
      await store.remove(['a']);
      assert.equal(store.has('a'), false);
    },
  },
  {
    number: 'BLOCKSTORE-6.1',
    title: 'remove drops only the given blocks, and unknown ids are no error',
    look: 'a repeated remove',
    run: async ({ target: { store } }) => {
      for (const id of ['a', 'b', 'c']) await store.put(id, recordsBlock([id]));
      await store.remove(['a', 'nobody', 'c']);
      await store.remove(['a']);
      assert.deepEqual(
        ['a', 'b', 'c'].filter((id) => store.has(id)),
        ['b'],
      );
    },
  },
  {
    number: 'BLOCKSTORE-7.1',
    title: 'usage is the number of blocks, their bytes and the bound',
    look: 'bytes that remove does not give back, or gives back twice',
    run: async ({ target: { store }, capabilities: { maxBytes } }) => {
      assert.deepEqual(store.usage(), { blocks: 0, bytes: 0, maxBytes });
      await store.put('a', sized(100));
      await store.put('b', sized(200), { evictable: true });
      assert.deepEqual(store.usage(), { blocks: 2, bytes: 300, maxBytes });
      await store.remove(['a', 'b', 'a']);
      assert.deepEqual(store.usage(), { blocks: 0, bytes: 0, maxBytes });
    },
  },
  {
    number: 'BLOCKSTORE-8.1',
    title: 'concurrent puts, gets and removes keep the usage correct',
    look: 'a count taken before an await and used after the await',
    run: async ({ target: { store }, capabilities: { maxBytes } }) => {
      const size = Math.floor(maxBytes / 40);
      const ids = Array.from({ length: 30 }, (_, i) => `block-${i}`);
      await Promise.all(ids.map((id) => store.put(id, sized(size))));
      await Promise.all([
        ...ids.map((id) => store.get(id)),
        ...ids.slice(0, 10).map((id) => store.remove([id])),
        store.put('late', sized(size)),
      ]);
      assert.deepEqual(store.usage(), { blocks: 21, bytes: 21 * size, maxBytes });
    },
  },
];

/** The checks of `docs/spec/block-store.md`. */
export const BLOCK_STORE_KIT: ConformanceKit<BlockStoreSubject, BlockStoreTrial> = {
  port: 'BlockStore',
  version: 1,
  spec: 'docs/spec/block-store.md',
  checks: CHECKS,
  notCheckable: [{ rule: 'BLOCKSTORE-9', why: 'binds the caller' }],
  withTrial: withTarget,
};

/** Defines the conformance tests of a block store. */
export function blockStoreConformance(test: TestFunctions, subject: BlockStoreSubject): void {
  defineConformance(test, BLOCK_STORE_KIT, subject);
}

function sized(sizeBytes: number): ReturnType<typeof recordsBlock> {
  return { ...recordsBlock([1]), sizeBytes };
}
