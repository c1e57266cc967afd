import { describe, expect, it } from 'vitest';
import { lineOfRow, lineOfValues } from './copy-text.ts';
import { rowValues } from './row-values.ts';
import type { SentColumn } from './sent-column.ts';

const columns = ['a', 'b', 'constructor'].map((name): SentColumn => ({
  name,
  type: 'text',
  kind: 'other',
  isArray: false,
  isKey: false,
}));

describe('the line of a row', () => {
  it.each([
    [{ a: 'x', b: 7, constructor: true }, 'x\t7\ttrue\n'],
    [{ a: '', b: null }, '\t\\N\t\\N\n'],
    [{ a: '\\N', b: 'a\tb\nc\rd\\', constructor: '\u{1F600}\b' }, '\\\\N\ta\\tb\\nc\\rd\\\\\t\u{1F600}\b\n'],
  ])('of %o escapes what would end a value or a row', (row, line) => {
    expect(lineOfRow(row, columns)).toBe(line);
    expect(lineOfValues(rowValues(row, columns))).toBe(line);
  });

  it('is refused for a value that has no text', () => {
    expect(() => lineOfRow({ a: '\0' }, columns)).toThrow('NUL');
    expect(() => lineOfRow([], columns)).toThrow('plain object');
  });
});
