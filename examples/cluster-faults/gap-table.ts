// The gaps of all runs as a table in Markdown: one row for each kind of fault.
import type { FaultResult } from './seeded-run.ts';

/** The table; in the order of names. */
export function gapTable(faults: readonly FaultResult[]): string {
  const kinds = Map.groupBy(faults, ({ name }) => name);
  const rows = [...kinds]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, of]) => {
      const gaps = of.map(({ gapMs }) => gapMs).toSorted((a, b) => a - b);
      const over = of.filter(({ gapMs, goalMs }) => gapMs > goalMs).length;
      const cells = [gaps[0], medianOf(gaps), gaps.at(-1)].map((ms = 0) => (ms / 1_000).toFixed(1));
      return [name, String(of.length), ...cells, String(over)];
    });
  const table = [['fault', 'times', 'minimum, s', 'median, s', 'maximum, s', 'over the goal'], ...rows];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  const [head = '', ...lines] = table.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines].join('\n');
}

/** The middle of sorted numbers; of an even number of them, the mean of both. */
function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? 0;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}
