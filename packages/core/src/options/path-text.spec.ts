import { expect, it } from 'vitest';
import { pathText } from './path-text.ts';

it('accepts paths, and no text that fails only when used', () => {
  const { accepts } = pathText('the path of a directory');
  expect(['a', '/a/b c', 'a\nb', 'ä/😀'].every((path) => accepts(path))).toBe(true);
  expect(['', ' ', 'a\0b', '\uD800', 1, null, Buffer.from('a')].some((path) => accepts(path))).toBe(false);
});
