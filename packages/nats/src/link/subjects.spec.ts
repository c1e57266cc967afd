import { describe, expect, it } from 'vitest';
import { checkedPattern, checkedSubject, isMatch, matcherOf } from './subjects.ts';

describe('subjects', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a', false],
    ['a.b', 'a.b.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['*.b', 'a.b', true],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['>', 'a', true],
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.b.d', false],
    ['*', 'a', true],
    ['*', 'a.b', false],
    ['a.>', 'ab.c', false],
    ['a.*', 'ab.c', false],
    ['a.*.>', 'a.b.c', true],
    ['a.*.>', 'a.b', false],
  ])('%s takes %s: %s', (pattern, subject, expected) => {
    expect(isMatch(pattern, subject)).toBe(expected);
    expect(matcherOf(pattern)(subject)).toBe(expected);
  });

  it.each(['', 'a.', '.a', 'a b', 'a.*', 'a.>', 'a..b', 'a\n'])('refuses %j as a subject', (subject) => {
    expect(() => checkedSubject(subject)).toThrow(TypeError);
  });

  it.each(['', 'a.', '>.a', 'a*', 'a b', 'a..>'])('refuses %j as a pattern', (pattern) => {
    expect(() => checkedPattern(pattern)).toThrow(TypeError);
  });

  it('returns valid texts', () => {
    expect([checkedSubject('ml.x.ctl'), checkedPattern('ml.*.>'), checkedPattern('>')]).toEqual([
      'ml.x.ctl',
      'ml.*.>',
      '>',
    ]);
  });
});
