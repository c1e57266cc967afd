import { describe, expect, it } from 'vitest';
import { arrayText } from './array-text.ts';

describe('arrayText', () => {
  it('quotes elements, and nests arrays', () => {
    const text = (values: readonly unknown[]) =>
      arrayText(values, (value) => (value === null ? null : `${value as string | number}`));
    expect(text([])).toBe('{}');
    expect(text([1, null, 'NULL', '', 'a,b{}'])).toBe('{"1",NULL,"NULL","","a,b{}"}');
    expect(text(['"', '\\', 'a\\"b'])).toBe(String.raw`{"\"","\\","a\\\"b"}`);
    expect(text([[1, 2], [3, null]])).toBe('{{"1","2"},{"3",NULL}}'); // prettier-ignore
  });
});
