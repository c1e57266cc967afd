import { expect, it } from 'vitest';
import { block, clean } from './clean-text.ts';

it('shows characters that would move, hide or turn text', () => {
  expect(clean('a\u0000b\u001B[31mc\u202Ed\u200Be\uFEFF')).toBe(
    String.raw`a\u0000b\u001b[31mc\u202ed\u200be\ufeff`,
  );
});

it('keeps names of every language, and markup as text', () => {
  expect(clean('<b>名前 näme 😀</b>')).toBe('<b>名前 näme 😀</b>');
});

it('cuts long texts, and makes one line unless lines count', () => {
  expect(clean('x'.repeat(10_000), 48)).toBe(`${'x'.repeat(47)}…`);
  expect(clean('a\n\tb')).toBe('a b');
  expect(block('a\n\tb')).toBe('a\n\tb');
});
