import { expect, it } from 'vitest';
import { pathText } from './path-text.ts';

it('takes paths, and nothing that only fails when it is used', () => {
  const { accepts } = pathText('the path of a directory');
  expect(['a', '/a/b c', 'a\nb', 'ä/😀'].every((path) => accepts(path))).toBe(true);
  expect(['', ' ', 'a\0b', '\uD800', 1, null, Buffer.from('a')].some((path) => accepts(path))).toBe(false);
});
