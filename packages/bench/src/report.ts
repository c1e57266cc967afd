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
  const { machine, node, v8, commit, startedAt } = surroundings;
  return [
    `machine  ${machine}`,
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
  const lines = [`| workload | contender | M ${result.unit}/s, median (least–most) |`, '|---|---|---|'];
  for (const { workload, cases } of result.workloads) {
    for (const { name, rate } of cases) lines.push(`| ${workload} | ${name} | ${millions(rate)} |`);
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
  const range = `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`;
  const budget = atLeast > 0 ? `≥ ${atLeast} | ${isMet ? 'met' : 'NOT MET'}` : '| for information';
  return `| ${workload} | ${contender} ÷ ${against} | ${range} | ${budget} |`;
}

function millions({ median, least, most }: Summary): string {
  const [middle, low, high] = [median, least, most].map((rate) => (rate / 1e6).toFixed(1));
  return `${middle} (${low}–${high})`;
}
