// Checks of a keeper of a block log.
import assert from 'node:assert/strict';
import type { BlockLogKeeper, ReceivedBlockInfo, StoredBlock } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { hook } from '../kit/not-applicable.ts';
import type { TargetTrial } from '../kit/with-target.ts';
import type { BlockLogKeeperCapabilities, BlockLogKeeperTarget } from './block-log-keeper-target.ts';

/** The input of each check. */
export type KeeperTrial = TargetTrial<BlockLogKeeperTarget, BlockLogKeeperCapabilities>;

/** The driver's view of a stored block. */
function registered(stored: StoredBlock): ReceivedBlockInfo {
  return { ...stored, streamId: 0, executorId: 'executor-0' };
}

async function storeAll(target: BlockLogKeeperTarget, count: number, from = 0): Promise<StoredBlock[]> {
  const stored: StoredBlock[] = [];
  for (let n = from; n < from + count; n += 1) stored.push(await target.store(`input-0-a-${n}`));
  return stored;
}

function addAll(keeper: BlockLogKeeper, blocks: readonly StoredBlock[], timeMs = 0): void {
  for (const block of blocks) keeper.added(registered(block), timeMs);
}

function allocate(keeper: BlockLogKeeper, batchTime: number, blocks: readonly StoredBlock[]): void {
  keeper.allocated(batchTime, blocks.map(registered));
}

async function assertAll(
  target: BlockLogKeeperTarget,
  blocks: readonly StoredBlock[],
  why: string,
): Promise<void> {
  await target.settled();
  for (const block of blocks) assert(await target.has(block), `block ${block.blockId} is gone: ${why}`);
}

async function assertGone(
  target: BlockLogKeeperTarget,
  blocks: readonly StoredBlock[],
  why: string,
): Promise<void> {
  await target.settled();
  for (const block of blocks) assert(!(await target.has(block)), `block ${block.blockId} stays: ${why}`);
}

/** Checks of a keeper of a block log. */
export const KEEPER_CHECKS: readonly ConformanceCheck<KeeperTrial>[] = [
  {
    number: 'KEEPER-1.1',
    title: 'a block that waits for a batch stays, whatever is released',
    promises: ['WAL-4'],
    look: 'a release that removes everything stored so far',
    run: async ({ target }) => {
      const keeper = await target.beginDriver();
      keeper.recovered();
      const [early, late] = [await storeAll(target, 2), await storeAll(target, 2, 2)];
      addAll(keeper, [...early, ...late]);
      allocate(keeper, 1_000, late);
      keeper.released(5_000);
      await assertAll(target, early, 'no batch has it');
    },
  },
  {
    number: 'KEEPER-2.1',
    title: 'a block of a batch stays until the batch is released',
    promises: ['WAL-4', 'BAT-4'],
    look: 'a release up to and including the threshold',
    run: async ({ target }) => {
      const keeper = await target.beginDriver();
      keeper.recovered();
      const [first, second] = [await storeAll(target, 2), await storeAll(target, 2, 2)];
      addAll(keeper, [...first, ...second]);
      allocate(keeper, 1_000, first);
      allocate(keeper, 2_000, second);
      keeper.released(1_000);
      await assertAll(target, [...first, ...second], 'no batch is before the threshold');
      keeper.released(2_000);
      await assertAll(target, second, 'the batch of the threshold is not before the threshold');
    },
  },
  {
    number: 'KEEPER-2.2',
    title: 'a block whose registration is told by its batch alone stays like any other',
    promises: ['WAL-4'],
    look: 'a keeper that counts added blocks only: the log of decisions may have the allocation alone',
    run: async ({ target }) => {
      const blocks = await storeAll(target, 2);
      const keeper = await target.beginDriver();
      allocate(keeper, 2_000, blocks);
      keeper.released(1_000);
      keeper.recovered();
      await target.passGrace?.();
      keeper.released(2_000);
      await assertAll(target, blocks, 'its batch may be run again');
    },
  },
  {
    number: 'KEEPER-3.1',
    title: 'nothing is removed before the decisions of earlier drivers are told',
    promises: ['WAL-4'],
    look: 'a release in the middle of a recovery: later decisions may name blocks that are older',
    run: async ({ target }) => {
      const blocks = await storeAll(target, 4);
      const keeper = await target.beginDriver();
      addAll(keeper, blocks.slice(0, 2));
      allocate(keeper, 1_000, blocks.slice(0, 2));
      keeper.released(2_000);
      await assertAll(target, blocks, 'the recovery is not over');
      addAll(keeper, blocks.slice(2));
      keeper.recovered();
      await assertAll(target, blocks.slice(2), 'it waits for a batch');
    },
  },
  {
    number: 'KEEPER-4.1',
    title: 'a stored block that is not registered yet stays',
    promises: ['REC-1', 'WAL-4'],
    look: 'a removal of everything before the newest released block: registrations overtake each other',
    run: async ({ target }) => {
      const keeper = await target.beginDriver();
      keeper.recovered();
      const [hole, done] = [await storeAll(target, 1), await storeAll(target, 2, 1)];
      addAll(keeper, done);
      allocate(keeper, 1_000, done);
      keeper.released(2_000);
      await assertAll(target, hole, 'its executor may register it at any moment');
      addAll(keeper, hole, 2_000);
      keeper.released(2_000);
      await assertAll(target, hole, 'it waits for a batch');
    },
  },
  {
    number: 'KEEPER-5.1',
    title: 'blocks of released batches are removed, except with the newest blocks of the log',
    look: 'a log that grows without end',
    run: async ({ target }) => {
      const keeper = await target.beginDriver();
      keeper.recovered();
      const [old, waiting] = [await storeAll(target, 3), await storeAll(target, 2, 3)];
      addAll(keeper, [...old, ...waiting]);
      allocate(keeper, 1_000, old);
      keeper.released(2_000);
      await assertGone(target, old, 'no batch needs it');
      await assertAll(target, waiting, 'it waits for a batch');
    },
  },
  {
    number: 'KEEPER-5.2',
    title: 'the keeper of a driver that takes over removes what its predecessor left',
    look: 'blocks that only an earlier driver knew',
    run: async ({ target }) => {
      const first = await target.beginDriver();
      first.recovered();
      const [old, waiting] = [await storeAll(target, 3), await storeAll(target, 2, 3)];
      addAll(first, [...old, ...waiting]);
      allocate(first, 1_000, old);
      const second = await target.beginDriver();
      addAll(second, [...old, ...waiting]);
      allocate(second, 1_000, old);
      second.recovered();
      second.released(2_000);
      await assertGone(target, old, 'no batch needs it');
      await assertAll(target, waiting, 'it waits for a batch');
    },
  },
  {
    number: 'KEEPER-6.1',
    title: 'a block that nobody registers holds up the removal for a bounded time',
    level: 'optional',
    look: 'an executor that died between storing and registering',
    run: async ({ target }) => {
      const passGrace = hook(target, 'passGrace');
      const keeper = await target.beginDriver();
      keeper.recovered();
      const [hole, done] = [await storeAll(target, 1), await storeAll(target, 2, 1)];
      addAll(keeper, done);
      allocate(keeper, 1_000, done);
      keeper.released(2_000);
      await target.settled();
      await passGrace();
      const [waiting] = [await storeAll(target, 1, 3)];
      addAll(keeper, waiting, 2_000);
      keeper.released(2_000);
      await assertGone(target, [...hole, ...done], 'nobody will register the block before it');
      await assertAll(target, waiting, 'it waits for a batch');
    },
  },
  {
    number: 'KEEPER-7.1',
    title: 'abandoned blocks are removed, and only blocks without a batch are abandoned',
    look: 'blocks of a stream that the program no longer has',
    run: async ({ target }) => {
      const keeper = await target.beginDriver();
      const [orphans, allocated, waiting] = [
        await storeAll(target, 2),
        await storeAll(target, 1, 2),
        await storeAll(target, 2, 3),
      ];
      addAll(keeper, [...orphans, ...allocated]);
      addAll(keeper, waiting, 3_000);
      allocate(keeper, 4_000, allocated);
      keeper.recovered();
      keeper.abandoned(3_000);
      keeper.released(3_000);
      await assertGone(target, orphans, 'no batch will have it');
      await assertAll(target, [...allocated, ...waiting], 'it is not abandoned');
    },
  },
  {
    number: 'KEEPER-8.1',
    title: 'blocks of other places are left alone, and hold up nothing',
    look: 'blocks in memory, and blocks inside their registrations, whose handle belongs to the driver’s log',
    run: async ({ target }) => {
      const keeper = await target.beginDriver();
      keeper.recovered();
      const [old, waiting] = [await storeAll(target, 2), await storeAll(target, 1, 2)];
      const [{ handle: _handle, ...inMemory }] = old as [StoredBlock];
      const handle = { segment: 'received-block-metadata', offset: 0, length: 1 };
      const foreign: StoredBlock[] = [
        { ...inMemory, blockId: 'input-0-a-98', durability: 'memory' },
        { ...inMemory, blockId: 'input-0-a-99', handle, isInline: true },
      ];
      addAll(keeper, [...old, ...waiting]);
      allocate(keeper, 1_000, old);
      addAll(keeper, foreign);
      keeper.released(2_000);
      await assertGone(target, old, 'no batch needs it');
    },
  },
];
