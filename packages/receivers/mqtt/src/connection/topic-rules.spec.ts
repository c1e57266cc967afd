import { describe, expect, it } from 'vitest';
import { isTopicFilter } from './topic-rules.ts';

describe('isTopicFilter', () => {
  it.each(['a', 'a/b', '/', '+', '#', 'a/+/b', 'a/#', '$share/group/a/+', '$SYS/broker', 'ü b'])(
    'accepts %j',
    (filter) => expect(isTopicFilter(filter)).toBe(true),
  );

  it.each([
    '',
    'a+',
    'a/#/b',
    '#/a',
    'a#',
    '$share/group',
    '$share/group/',
    '$share/+/a',
    'a\0',
    '\ud800',
    1,
  ])('refuses %j', (filter) => expect(isTopicFilter(filter)).toBe(false));
});
