import { describe, expect, it } from 'vitest';
import { exampleReport } from '../../test/example-report.ts';
import { reportPage } from './report-page.ts';

const COURSE = ['Blocks', 'Stored records', 'Rate limit of the receivers', 'Heap', 'Delay of the event loop'];

describe('reportPage', () => {
  const page = reportPage(exampleReport());

  it('shows each chart for wide screens and for telephones', () => {
    const wide = page.match(/<div class="wide"><svg[^>]*width="860"/g) ?? [];
    const narrow = page.match(/<div class="narrow"><svg[^>]*width="360"/g) ?? [];
    expect(wide).toHaveLength(8);
    expect(narrow).toHaveLength(8);
    expect(page).not.toMatch(/NaN|undefined/);
  });

  it('draws the course over time, and the interval beside the delays of batches', () => {
    for (const title of COURSE) expect(page).toContain(`<h3>${title}</h3>`);
    expect(page).toContain('<title>batch interval: 200</title>');
  });

  it('names the unit of each axis', () => {
    const names = [...page.matchAll(/class="unit"[^>]*>([^<]+)</g)].map(([, name]) => name);
    expect(names).toHaveLength(32);
    for (const name of names)
      expect(name).toMatch(/, (?:ms|s)$|^(?:records|blocks|records\/s|blocks\/s|MiB|ms)$|^percentile/);
  });

  it('says that there was no rate limit', () => {
    const { moments = [], ...report } = exampleReport();
    const free = moments.map((moment) => {
      const { atSeconds, blocksPerSecond, recordsPerSecond, heapBytes, eventLoopDelayMs } = moment;
      return { atSeconds, blocksPerSecond, recordsPerSecond, heapBytes, eventLoopDelayMs };
    });
    expect(reportPage({ ...report, moments: free })).toContain('No rate limit was set.');
  });

  it('shows a report of an earlier version, without the course', () => {
    const { moments: _, ...report } = exampleReport();
    expect(reportPage(report, exampleReport(2))).not.toContain('Course of the measurement');
  });

  it('leaves dots out of long curves', () => {
    const timeLine = Array.from({ length: 2_000 }, (_, at) => ({
      ...exampleReport().timeLine[0]!,
      atSeconds: at,
    }));
    const long = reportPage({ ...exampleReport(), timeLine });
    expect(long.length).toBeLessThan(700_000);
  });
});
