import { expect, it } from 'vitest';
import { cutLines, cutName, cutText, NAME_LENGTH_MAX } from './cut-text.ts';

it('leaves short and harmless texts alone', () => {
  expect(cutText('a <b>bold</b> name', 100)).toBe('a <b>bold</b> name');
  expect(cutName('kafka orders')).toBe('kafka orders');
});

it('cuts long texts', () => {
  expect(cutText('abcdef', 4)).toBe('abc…');
  expect(cutName('n'.repeat(10_000))).toHaveLength(NAME_LENGTH_MAX);
});

it('replaces secrets, also across the bound', () => {
  expect(cutText('no connection to postgres://ann:abc@db/shop', 100)).toBe(
    'no connection to postgres://[redacted]@db/shop',
  );
  expect(cutLines("{ password: 'abc' }\nat x", 100)).toBe('{ password: [redacted] }\nat x');
  expect(cutText(`${'x'.repeat(10)} http://u:${'p'.repeat(60)}@h`, 20)).not.toContain('p'.repeat(5));
});

it('escapes control characters within the bound', () => {
  expect(cutText('a\u001b[2Jb\nc', 100)).toBe(String.raw`a\x1b[2Jb\nc`);
  expect(cutText('\u0000'.repeat(1_000), 10)).toBe(String.raw`\x00\x00\…`);
  expect(cutName('\u202e'.repeat(190))).toHaveLength(NAME_LENGTH_MAX);
  expect(cutLines('one\ntwo\u0000', 100)).toBe('one\ntwo\\x00');
});

it('leaves no half of a pair of surrogates', () => {
  expect(cutText('ab😀cd', 4).isWellFormed()).toBe(true);
});
