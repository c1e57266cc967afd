import { describe, expect, it } from 'vitest';
import { baselineOf } from '../runner/baseline.ts';
import { BUDGET_LINES } from '../runner/budget-lines.ts';
import { anyRun } from './any-run.fake.ts';
import { compareWith } from './comparison.ts';
import { htmlReport } from './html-report.ts';
import { designLines, markdownReport, suiteLines } from './markdown-report.ts';

const run = anyRun({ ours: [90, 100, 110], theirs: [200, 200, 200] });
const none = compareWith(run, undefined, false);

describe('the Markdown report', () => {
  it('shows the median with its spread, and the result of the budget', () => {
    const lines = run.suites.flatMap(suiteLines).join('\n');
    expect(lines).toContain('took 1 min 15 s');
    expect(lines).toContain('| work | ours | 100 (90–110) | 1 |');
    expect(lines).toContain('| work | ours ÷ theirs | 0.5 (0.45–0.55) | ≥ 0.8 | NOT MET |');
  });

  it('lists every line of the budget, measured or not', () => {
    const lines = designLines(run).join('\n');
    for (const [path] of Object.values(BUDGET_LINES)) expect(lines).toContain(path);
    expect(lines).toContain('suite, work: ours ÷ theirs | 0.5 (0.45–0.55) | NOT MET');
    expect(lines.match(/not measured in this run/g)).toHaveLength(Object.keys(BUDGET_LINES).length - 1);
  });

  it('shows machine and commit, and reports missing parts', () => {
    const report = markdownReport(run, none);
    for (const text of ['a machine', 'abc', 'There is no baseline.', 'spark: it is not there'])
      expect(report).toContain(text);
  });
});

describe('the page', () => {
  it('has a plot for the rate and one for the delays, and treats names as text', () => {
    const page = htmlReport(run, none);
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).toContain('how &lt;fast&gt; it is');
    expect(page).not.toContain('NaN');
  });
});

describe('compareWith', () => {
  it('reports changes since the baseline', () => {
    const comparison = compareWith(
      run,
      baselineOf(anyRun({ theirs: [200, 200, 200], delays: [2, 2, 2] })),
      false,
    );
    expect(comparison.title).toBe(
      'Figures and ratios beside those of abc (2026-01-01): 1 moved beyond noise.',
    );
    expect(markdownReport(run, comparison)).toContain(
      '| suite / work / ours / delay | 2 | 1 | -50 % | better |',
    );
  });

  it('does not compare a quick run unless requested', () => {
    const quick = { ...run, options: { ...run.options, isQuick: true } };
    const before = baselineOf(anyRun({ theirs: [200, 200, 200], delays: [2, 2, 2] }));
    expect(compareWith(quick, before, false).movements).toEqual([]);
    expect(compareWith(quick, before, true).movements).toHaveLength(1);
  });
});
