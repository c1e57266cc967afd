import { describe, expect, it } from 'vitest';
import { barChart } from './bar-chart.ts';
import { htmlPage } from './html-page.ts';
import { htmlTable } from './html-table.ts';
import { lineChart } from './line-chart.ts';

const bar = { label: 'a <b>', median: 2, least: 1, most: 4 };

describe('barChart', () => {
  it('shows each bar with figures and spread', () => {
    const chart = barChart({
      title: 'rates',
      unit: 'records/s',
      groups: [{ name: 'numbers', bars: [bar, bar] }],
    });
    expect(chart.match(/<rect/g)).toHaveLength(2);
    expect(chart.match(/class="spread"/g)).toHaveLength(6);
    expect(chart).toContain('2 (1–4)');
  });

  it('treats names as text, never as markup', () => {
    const chart = barChart({ title: '<script>', unit: '', groups: [{ name: '"', bars: [bar] }] });
    expect(chart).not.toContain('<script>');
    expect(chart).toContain('a &lt;b&gt;');
  });
});

describe('lineChart', () => {
  it('draws a curve through all points', () => {
    const chart = lineChart({
      title: 'growth',
      x: { name: 'keys', scale: 'log' },
      y: { name: 'ms', scale: 'linear' },
      curves: [{ name: 'millrace', points: [1, 10, 100].map((x) => ({ x, y: 1, least: 0.5, most: 2 })) }],
    });
    expect(chart.match(/<circle/g)).toHaveLength(3);
    expect(chart).toMatch(/d="M[\d. ]+L[\d. ]+L[\d. ]+"/);
    expect(chart).not.toContain('NaN');
  });

  it('marks a level, and puts names below the plot in the narrow layout', () => {
    const axis = { name: 's', scale: 'linear' } as const;
    const curves = [{ name: 'total', points: [{ x: 0, y: 1 }] }];
    const chart = lineChart({
      title: '',
      x: axis,
      y: axis,
      curves,
      levels: [{ name: 'limit', y: 9 }],
      layout: 'narrow',
    });
    expect(chart).toContain('width="360"');
    expect(chart).toContain('<title>limit: 9</title>');
    const names = [...chart.matchAll(/class="name" x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(names).toHaveLength(2);
    for (const [x = 0, y = 0] of names) {
      expect(x).toBeLessThan(360 - 80);
      expect(y).toBeGreaterThan(220);
    }
  });

  it('names no single curve beside the axis of the same name', () => {
    const x = { name: 's', scale: 'linear' } as const;
    const curves = [{ name: 'MiB', points: [{ x: 0, y: 1 }] }];
    const chart = lineChart({ title: '', x, y: { name: 'MiB', scale: 'linear' }, curves });
    expect(chart).not.toContain('class="name"');
  });

  it('draws empty charts', () => {
    const axis = { name: '', scale: 'linear' } as const;
    expect(lineChart({ title: '', x: axis, y: axis, curves: [] })).not.toContain('NaN');
  });
});

describe('htmlPage', () => {
  it('makes a page without external resources', () => {
    const page = htmlPage('a run', [htmlTable(['name'], [['x & y']])]);
    expect(page).toContain('<td>x &amp; y</td>');
    expect(page).not.toMatch(/<(?:script|link|img)|src=|@import|url\(/);
  });

  it('puts columns of figures flush right', () => {
    const table = htmlTable(
      ['of', 'unit'],
      [
        ['1.20 k', '1'],
        ['7', 'ms'],
      ],
    );
    expect(table).toContain('<th class="figure">of</th><th>unit</th>');
    expect(table).toContain('<td class="figure">1.20 k</td><td>1</td>');
  });
});
