import { describe, expect, it } from 'vitest';
import { reportTables } from '../run/report-text.ts';
import { exampleReport } from '../../test/example-report.ts';
import { terminalTable } from './terminal-table.ts';

const table = {
  title: 'Delays',
  head: ['phase', 'p50', 'of'],
  rows: [
    ['store', '0.033', '72'],
    ['total', '1.20 k', '4.50 k'],
  ],
};

describe('terminalTable', () => {
  it('aligns columns, figures flush right, without Markdown', () => {
    expect(terminalTable(table, 80)).toEqual([
      'Delays',
      '  phase     p50      of',
      '  store   0.033      72',
      '  total  1.20 k  4.50 k',
    ]);
  });

  it.each([60, 80, 120, 200])('fits all tables of a report and of a comparison in %d columns', (width) => {
    const now = exampleReport();
    for (const one of [...reportTables(now), ...reportTables(now, exampleReport(3))]) {
      const lines = terminalTable(one, width);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.join('\n')).not.toContain('…');
    }
  });

  it('wraps long words of the machine, and loses none', () => {
    const rows = [['machine', `${'processor '.repeat(20)}end`]];
    const text = terminalTable({ title: 'Run', head: ['', ''], rows }, 60).join('\n');
    expect(text.match(/processor/g)).toHaveLength(20);
    expect(text).toContain('end');
  });

  it('shows control characters of a name as text', () => {
    const rows = [['name', '\u001b[31mred']];
    expect(terminalTable({ title: '', head: ['', ''], rows }, 80).join('')).not.toContain('\u001b');
  });
});
