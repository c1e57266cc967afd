import { describe, expect, it } from 'vitest';
import { isInside, tokenOf } from './subjects.ts';

describe('isInside', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.*', true],
    ['a.b.c', 'a.>', true],
    ['a.b.c', '*.b.>', true],
    ['a', 'a.>', false],
    ['a.b', 'a', false],
    ['a', 'a.b', false],
    ['a.b.c', 'a.*', false],
    ['a.x', 'a.b', false],
  ])('%s in %s: %s', (subject, pattern, expected) => {
    expect(isInside(subject, pattern)).toBe(expected);
  });
});

describe('tokenOf', () => {
  it('makes one token of any text, and another one of another text', () => {
    const texts = ['app', 'my app', 'a.b', 'a%2Eb', 'a*', '>', 'ä', '', '%'];
    const tokens = texts.map(tokenOf);
    expect(tokens.slice(0, 3)).toEqual(['app', 'my%20app', 'a%2Eb']);
    expect(new Set(tokens).size).toBe(texts.length);
    expect(tokens.every((token) => /^[^\s.*>]+$/.test(token))).toBe(true);
  });
});
