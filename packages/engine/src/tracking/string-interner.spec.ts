import { describe, expect, it } from 'vitest';
import { StringInterner } from './string-interner.ts';

describe('StringInterner', () => {
  it('returns an equal text for each text', () => {
    const texts = new StringInterner();
    for (const text of ['a', 'b', 'a', '', 'a', '']) expect(texts.share(text)).toBe(text);
  });

  it('returns equal texts also beyond its capacity', () => {
    const texts = new StringInterner();
    const many = Array.from({ length: 3_000 }, (_, count) => `text ${count}`);
    expect([...many, ...many].map((text) => texts.share(text))).toEqual([...many, ...many]);
  });
});
