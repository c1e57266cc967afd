// Checks the sinks of programs with known answers: what is outside at the end follows from the streams.
import type { Evidence } from './evidence.ts';
import type { InputHistory } from './input-history.ts';
import { outputName } from './program/output-records.ts';
import { PAIR, texter } from './program/record-type.ts';
import { AT_THE_END, rowOfText, type TableRow } from './program/sinks/table-row.ts';

/** BAT-1, BAT-2: the destinations have the records of the streams, after the end. */
export function checkKnownSinks({ plan, ledger, violated }: Evidence, history: InputHistory): void {
  for (const { id, kind } of plan.sinks ?? []) {
    const name = outputName(id);
    if (kind === 'sqliteTable') {
      const actual = JSON.stringify(ledger.recordsOf(name, AT_THE_END) ?? []);
      const expected = JSON.stringify(tableAfter(history));
      if (actual !== expected)
        return violated('BAT-1', `the table ${name} has ${actual}, the input requires ${expected}`);
      continue;
    }
    for (const [batchTime, streams] of history.batches) {
      if (ledger.isSkipped(batchTime) || ledger.isRemovedByOperator(name, batchTime)) continue;
      const expected = JSON.stringify(streams.flat().map(texter(PAIR)));
      const actual = JSON.stringify(ledger.recordsOf(name, batchTime) ?? []);
      if (actual !== expected)
        return violated(
          'BAT-1',
          `${name} of batch ${batchTime} is ${actual}, the input requires ${expected}`,
        );
    }
  }
}

/** The rows after all batches: the last record of each key wins. */
function tableAfter({ batches }: InputHistory): readonly TableRow[] {
  const rows = new Map<number, number>();
  for (const streams of batches.values()) {
    for (const record of streams.flat()) {
      const { key, number, isRemoved } = rowOfText(texter(PAIR)(record));
      if (isRemoved) rows.delete(key);
      else rows.set(key, number);
    }
  }
  return [...rows].toSorted(([one], [other]) => one - other);
}
