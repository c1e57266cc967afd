import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameFilter } from './file-name-filter.ts';

const fits = (name: string, pattern = '*', suffixes: readonly string[] = []): boolean =>
  fileNameFilter({ pattern, suffixes })(name);

describe('fileNameFilter', () => {
  it('accepts every visible name by default', () => {
    expect(fits('a.txt')).toBe(true);
    expect(fits('.a.txt.part')).toBe(false);
  });

  it('accepts hidden names when the pattern begins with a dot', () => {
    expect(fits('.spool', '.s*')).toBe(true);
    expect(fits('spool', '.s*')).toBe(false);
  });

  it('accepts names with one of the suffixes', () => {
    expect(fits('a.csv', '*', ['.csv', '.tsv'])).toBe(true);
    expect(fits('a.csv.part', '*', ['.csv', '.tsv'])).toBe(false);
  });

  it('requires pattern and suffix together', () => {
    expect(fits('flights-1.csv', 'flights-*', ['.csv'])).toBe(true);
    expect(fits('delays-1.csv', 'flights-*', ['.csv'])).toBe(false);
  });

  it('matches the whole name', () => {
    expect(fits('day-2.log', 'day-?.log')).toBe(true);
    expect(fits('day-10.log', 'day-?.log')).toBe(false);
    expect(fits('day-1.log.gz', 'day-?.log')).toBe(false);
    expect(fits('axbxc', 'a*b*c')).toBe(true);
    expect(fits('a', '')).toBe(false);
  });

  it('equals the regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(text, pattern, (name, glob) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(fits(name, glob)).toBe(expression.test(name));
      }),
      { numRuns: 1_000 },
    );
  });
});
