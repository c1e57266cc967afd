// Results as text, for people and for a README.
import type { WorkloadResult } from './run-workload.ts';
import type { BudgetResult, Summary } from './statistics.ts';
import type { BenchSuite } from './suite.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that one suite brought. */
export interface SuiteResult {
  readonly suite: string;
  readonly unit: string;
  readonly workloads: readonly WorkloadResult[];
}

/** The lines above all results. */
export function headLines(surroundings: Surroundings, rounds: number): string[] {
  const { machine, disk, node, v8, commit, startedAt } = surroundings;
  return [
    `machine  ${machine}`,
    `disk     ${disk}`,
    `node     ${node} (V8 ${v8})`,
    `commit   ${commit}`,
    `started  ${startedAt}, ${rounds} rounds`,
  ];
}

/** A suite's name and question. */
export function suiteLine({ name, purpose }: BenchSuite): string {
  return `${name.padEnd(12)} ${purpose}`;
}

/** A table of one suite in Markdown: median rates with least and most, then what became of the budgets. */
export function suiteLines(result: SuiteResult): string[] {
  const lines = [`| workload | contender | ${result.unit}/s, median (least–most) |`, '|---|---|---|'];
  for (const { workload, cases } of result.workloads) {
    for (const { name, rate } of cases) lines.push(`| ${workload} | ${name} | ${rates(rate)} |`);
  }
  const budgets = result.workloads.flatMap(({ workload, budgets }) =>
    budgets.map((budget) => budgetLine(workload, budget)),
  );
  return [
    ...lines,
    '',
    '| workload | ratio | median (least–most) | budget | |',
    '|---|---|---|---|---|',
    ...budgets,
  ];
}

function budgetLine(workload: string, { contender, against, atLeast, ratio, isMet }: BudgetResult): string {
  if (against === undefined) {
    return `| ${workload} | ${contender} | ${rates(ratio)} | ≥ ${scaled(atLeast)} | ${metOrNot(isMet)} |`;
  }
  const range = `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`;
  const budget = atLeast > 0 ? `≥ ${atLeast} | ${metOrNot(isMet)}` : '| for information';
  return `| ${workload} | ${contender} ÷ ${against} | ${range} | ${budget} |`;
}

function metOrNot(isMet: boolean): string {
  return isMet ? 'met' : 'NOT MET';
}

function rates({ median, least, most }: Summary): string {
  return `${scaled(median)} (${scaled(least)}–${scaled(most)})`;
}

/** A rate with about three digits. */
function scaled(rate: number): string {
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(1)} M`;
  return rate >= 1e4
    ? `${(rate / 1e3).toFixed(0)} k`
    : rate >= 1e3
      ? `${(rate / 1e3).toFixed(1)} k`
      : rate.toFixed(0);
}
