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
});
