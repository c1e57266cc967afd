import { SeededRandom } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptName, BlockIds } from '../receiving/block-ids.ts';
import { AttemptIds } from './attempt-ids.ts';
import { RegisteredBlocks } from './registered-blocks.ts';

describe('AttemptIds', () => {
  it('are never equal, also between drivers that draw the same characters', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { maxLength: 20 }), (epochs) => {
        const names = epochs.flatMap((epoch) => {
          const ids = new AttemptIds(epoch, { id: () => 'same' });
          return Array.from({ length: 50 }, () => ids.next());
        });
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('tell drivers apart that both have the first epoch', () => {
    const [one, two] = [1, 2].map((seed) => new AttemptIds(1, new SeededRandom(seed)).next());
    expect(one).not.toBe(two);
  });

  it('are separable from the sequence in the names of blocks, like the ids of earlier versions', () => {
    const registered = new RegisteredBlocks({ maxAttempts: 10, maxRanges: 10 });
    const attemptId = new AttemptIds(12, new SeededRandom(1)).next();
    const ids = new BlockIds(3, attemptId);
    registered.begin(attemptName(3, attemptId));
    for (const id of [ids.next(), ids.next(), 'input-3-k3j9x2m40abc-0']) registered.add(id);
    expect(['input-3-k3j9x2m40abc-0', ids.next()].map((id) => registered.look(id))).toEqual([
      'registered',
      'unregistered',
    ]);
  });
});
