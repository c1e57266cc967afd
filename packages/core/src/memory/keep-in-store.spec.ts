import { expect, it } from 'vitest';
import type { Block } from '../contracts/block.ts';
import type { BlockId } from '../contracts/identifiers.ts';
import { coreError } from '../errors/core-errors.ts';
import { keepInStore } from './keep-in-store.ts';

const kept = (put: () => Promise<void>) => keepInStore({ put }, 'b' as BlockId, {} as Block);

it('is true for a kept block, and false for a full store', async () => {
  expect(await kept(() => Promise.resolve())).toBe(true);
  const full = coreError('MR_BLOCK_STORE_FULL', 'no room');
  expect(await kept(() => Promise.reject(full))).toBe(false);
});

it('fails with any other error', async () => {
  await expect(kept(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
