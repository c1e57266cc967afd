// The tables of a report as rows of text, shared by the terminal, the Markdown file and the page.
import { formatNumber, formatSpread } from '@millrace/harness/report';
import type { Movement } from '../runner/baseline.ts';
import { BUDGET_LINES, type BudgetLine } from '../runner/budget-lines.ts';
import type { RunResult, SuiteResult } from '../runner/run-result.ts';
import type { BudgetResult } from '../runner/statistics.ts';
import { RATE } from '../runner/suite.ts';

/** A table. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Machine and versions, one per row. */
export function headRows({ surroundings, options }: RunResult): readonly (readonly [string, string])[] {
  const { machine, disk, node, v8, commit, startedAt, load } = surroundings;
  return [
    ['machine', machine],
    ['disk', disk],
    ['node', `${node} (V8 ${v8})`],
    ['commit', commit],
    ['load', load],
    [
      'started',
      `${startedAt}, ${options.rounds} rounds${options.isQuick ? ', quick: not to be quoted' : ''}`,
    ],
  ];
}

/** All figures of a suite: the median, with minimum and maximum in brackets. */
export function figureTable({ metrics, workloads }: SuiteResult): Table {
  return {
    head: [
      'workload',
      'contender',
      ...metrics.map(({ name, unit }) => (name === RATE ? unit : `${name}, ${unit}`)),
    ],
    rows: workloads.flatMap(({ workload, cases }) =>
      cases.map(({ name, metrics: results }) => [
        workload,
        name,
        ...metrics.map((metric) => {
          const found = results[metric.name];
          return found === undefined ? '' : formatSpread(found.summary);
        }),
      ]),
    ),
  };
}

/** The results of a suite's budgets. */
export function budgetTable({ workloads }: SuiteResult): Table {
  const rows = workloads.flatMap(({ workload, budgets }) =>
    budgets.map((budget) => [workload, ...budgetCells(budget)]),
  );
  return { head: ['workload', 'ratio', 'median (least–most)', 'budget', ''], rows };
}

/**
 * Every line of the design's budget, with all results of this run for the line.
 *
 * @param measuredOnly Leaves out lines without results, for runs of some suites.
 */
export function designTable({ suites }: RunResult, measuredOnly = false): Table {
  const shown = suites.flatMap(({ suite, workloads }) =>
    workloads.flatMap(({ workload, budgets }) => budgets.map((budget) => ({ suite, workload, budget }))),
  );
  const rows = (Object.keys(BUDGET_LINES) as BudgetLine[]).flatMap((line) => {
    const [path, demanded] = BUDGET_LINES[line];
    const found = shown.filter(({ budget }) => budget.line === line);
    if (found.length === 0) return measuredOnly ? [] : [[path, demanded, 'not measured in this run', '', '']];
    return found.map(({ suite, workload, budget }, index) => {
      const [what = '', figure = '', , verdict = ''] = budgetCells(budget);
      const first = index === 0 ? [path, demanded] : ['', ''];
      return [...first, `${suite}, ${workload}: ${what}`, figure, verdict];
    });
  });
  return { head: ['path', 'budget', 'measured', 'median (least–most)', ''], rows };
}

/** The changes since the baseline. */
export function movementTable(movements: readonly Movement[]): Table {
  return {
    head: ['what', 'before', 'now', 'change', ''],
    rows: movements.map(({ name, before, now, verdict }) => [
      name,
      formatNumber(before),
      formatNumber(now),
      `${now > before ? '+' : ''}${((now / before - 1) * 100).toFixed(0)} %`,
      verdict,
    ]),
  };
}

function budgetCells({ contender, against, metric = RATE, ratio, ...budget }: BudgetResult): string[] {
  const what = against === undefined ? contender : `${contender} ÷ ${against}`;
  const named = metric === RATE ? what : `${what}, ${metric}`;
  const verdict = budget.isMet === undefined ? '' : budget.isMet ? 'met' : 'NOT MET';
  return [named, formatSpread(ratio), demand(budget), verdict];
}

function demand({ atLeast = 0, atMost }: Pick<BudgetResult, 'atLeast' | 'atMost'>): string {
  const bounds = [
    ...(atLeast > 0 ? [`≥ ${formatNumber(atLeast)}`] : []),
    ...(atMost === undefined ? [] : [`≤ ${formatNumber(atMost)}`]),
  ];
  return bounds.length === 0 ? 'for information' : bounds.join(', ');
}
