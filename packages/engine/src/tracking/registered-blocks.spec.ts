import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegisteredBlocks } from './registered-blocks.ts';

const id = (attempt: string, sequence: number) => `input-0-${attempt}-${sequence}`;

function setUp(bounds: { maxAttempts?: number; maxRanges?: number } = {}, begun = ['a']) {
  const blocks = new RegisteredBlocks({ maxAttempts: 64, maxRanges: 64, ...bounds });
  for (const attempt of begun) blocks.begin(`input-0-${attempt}`);
  return blocks;
}

describe('RegisteredBlocks', () => {
  it('recognises added blocks, and no others', () => {
    const blocks = setUp();
    blocks.add(id('a', 0));
    expect(blocks.look(id('a', 0))).toBe('registered');
    expect(blocks.look(id('a', 1))).toBe('unregistered');
  });

  it('reports any other block of an earlier attempt as unknowable (BLK-1)', () => {
    const blocks = setUp({ maxRanges: 1 });
    expect(blocks.look(id('b', 0))).toBe('unknowable');
    for (const sequence of [1, 3]) blocks.add(id('b', sequence));
    const looks = [0, 1, 2, 3, 4].map((sequence) => blocks.look(id('b', sequence)));
    const old = 'unknowable';
    expect(looks).toEqual([old, old, old, 'registered', old]);
    expect(blocks.look(id('a', 0))).toBe('unregistered');
  });

  it('reports blocks of a dropped range as unknowable', () => {
    const blocks = setUp({ maxRanges: 1 });
    for (const sequence of [1, 2, 3, 7]) blocks.add(id('a', sequence));
    const looks = [0, 1, 2, 3, 4, 6, 7].map((sequence) => blocks.look(id('a', sequence)));
    const old = 'unknowable';
    expect(looks).toEqual([old, old, old, old, 'unregistered', 'unregistered', 'registered']);
  });

  it('treats a name without a sequence as a whole', () => {
    const blocks = setUp();
    blocks.begin('odd');
    blocks.add('odd');
    blocks.add('odd-01');
    expect(blocks.look('odd')).toBe('registered');
    expect(blocks.look('odd-01')).toBe('registered');
    expect(blocks.look('odd-1')).toBe('unregistered');
  });

  it('agrees with a plain set in any order of additions', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 60, size: 'max' }), (sequences) => {
        const blocks = setUp();
        const seen = new Set<number>();
        for (const sequence of sequences) {
          expect(blocks.look(id('a', sequence)) === 'registered').toBe(seen.has(sequence));
          if (!seen.has(sequence)) blocks.add(id('a', sequence));
          seen.add(sequence);
        }
        for (let sequence = 0; sequence <= 41; sequence += 1) {
          expect(blocks.look(id('a', sequence)) === 'registered').toBe(seen.has(sequence));
        }
      }),
    );
  });

  it('reports an id that is too old as unknowable', () => {
    const blocks = setUp({ maxRanges: 2 });
    for (const sequence of [0, 2, 4]) blocks.add(id('a', sequence));
    expect(blocks.look(id('a', 0))).toBe('unknowable');
    expect(blocks.look(id('a', 1))).toBe('unregistered');
    expect(blocks.look(id('a', 2))).toBe('registered');
  });

  it('forgets the oldest attempt, and then reports its blocks as unknowable', () => {
    const blocks = setUp({ maxAttempts: 2 }, ['a', 'b']);
    blocks.add(id('b', 0));
    blocks.add(id('a', 0));
    blocks.begin('input-0-c');
    expect(blocks.look(id('a', 0))).toBe('unknowable');
    expect(blocks.look(id('b', 0))).toBe('registered');
    expect(blocks.look(id('c', 0))).toBe('unregistered');
  });
});
