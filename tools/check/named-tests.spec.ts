import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missingTests, namedTests, WEAKNESSES_PAGE } from './named-tests.ts';

const PAGE = [
  '| weakness | our rule | file | test |',
  '| -------- | -------- | ---- | ---- |',
  '| lost     | kept     | `wal/src/a.spec.ts` | keeps all (WAL-1)  |',
  '|          |          | `wal/src/b.spec.ts` | keeps all (WAL-1)  |',
].join('\n');

describe('the check of tests that the page of weaknesses names', () => {
  it('reads the rows with a test', () => {
    expect(namedTests(PAGE).map(({ file, title, line }) => [file, title, line])).toEqual([
      ['packages/wal/src/a.spec.ts', 'keeps all (WAL-1)', 3],
      ['packages/wal/src/b.spec.ts', 'keeps all (WAL-1)', 4],
    ]);
  });

  it('finds titles that are not in their file, and files that are not there', () => {
    const missing = (text: string | undefined) =>
      missingTests(PAGE, (file) => (file.includes('/a.') ? text : "it('keeps all (WAL-1)', () => {})"));
    expect(missing("it('keeps all (WAL-1)', () => {})")).toEqual([]);
    expect(missing("it('keeps all (WAL-1) again', () => {})").map(({ line }) => line)).toEqual([3]);
    expect(missing(undefined).map(({ line }) => line)).toEqual([3]);
  });

  it('has a page to look at', () => {
    const page = readFileSync(new URL(`../../${WEAKNESSES_PAGE}`, import.meta.url), 'utf8');
    expect(namedTests(page).length).toBeGreaterThan(20);
  });
});
