import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.ts';
import { type TextColumn, textTable } from './text-table.ts';

interface Row {
  readonly name: string;
  readonly rate: string;
  readonly lag: string;
}

const COLUMNS: readonly TextColumn<Row>[] = [
  { head: 'name', cell: ({ name }) => name, align: 'left', rank: 0, flexible: [6, 20] },
  { head: 'rate', cell: ({ rate }) => rate, rank: 1 },
  { head: 'lag', cell: ({ lag }) => lag, rank: 2 },
];
const ROWS: readonly Row[] = [
  { name: 'kafka orders of all shops', rate: '4,200', lag: '38,000' },
  { name: 'http', rate: '7', lag: '-' },
];

describe('textTable', () => {
  it('aligns columns and gives the rest to the flexible one', () => {
    expect(textTable(COLUMNS, ROWS, 40)).toEqual([
      'name                   rate     lag',
      'kafka orde…all shops  4,200  38,000',
      'http                      7       -',
    ]);
    expect(textTable(COLUMNS, ROWS, 24)).toEqual([
      'name        rate     lag',
      'kafk…hops  4,200  38,000',
      'http           7       -',
    ]);
  });

  it('leaves out the least important columns, and never the first', () => {
    expect(textTable(COLUMNS, ROWS, 16)).toEqual([
      'name        rate',
      'kafk…hops  4,200',
      'http           7',
    ]);
    expect(textTable(COLUMNS, ROWS, 10)).toEqual(['name', 'kafka…hops', 'http']);
    for (let width = 1; width < 60; width += 1)
      for (const line of textTable(COLUMNS, ROWS, width))
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  it('leaves out columns that say nothing', () => {
    const rows = ROWS.map((row) => ({ ...row, lag: '-', rate: '' }));
    expect(textTable(COLUMNS, rows, 40)[0]).toBe('name');
  });

  it('escapes control characters', () => {
    const [, line] = textTable(COLUMNS, [{ name: '\u001b[2Jgone\n', rate: '1', lag: '2' }], 40);
    expect(line).toBe(String.raw`\x1b[2Jgone\n     1    2`);
  });
});
