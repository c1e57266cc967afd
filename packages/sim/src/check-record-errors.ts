// Checks ERR-1 and ERR-2: records for which a function fails are in no result and in the dead letters once, and all other
// records are in the results.
import type { Evidence } from './evidence.ts';
import type { InputHistory } from './input-history.ts';
import { CHECKED, CHECKED_COUNTS, CHECKED_KEYS, isBad } from './record-errors-program.ts';
import type { SimRecord } from './sim-record.ts';

/** `isWhole`: the engine has finished, and nothing may be missing. */
export function checkRecordErrors(evidence: Evidence, history: InputHistory, isWhole: boolean): void {
  const { plan, ledger, violated } = evidence;
  const { recordErrors } = plan;
  if (recordErrors === undefined || plan.program !== undefined) return;
  for (const [batchTime, streams] of history.batches) {
    const all = streams.flat();
    const good = all.filter((record) => !isBad(recordErrors, record));
    const mayLack = !isWhole || ledger.isSkipped(batchTime);
    for (const [name, expected] of [
      [CHECKED, good],
      [CHECKED_COUNTS, countsOf(good)],
    ] as const) {
      const records = ledger.recordsOf(name, batchTime);
      if (records === undefined && mayLack) continue;
      if (JSON.stringify(records) === JSON.stringify(expected)) continue;
      const what = `${name} of batch ${batchTime} is ${JSON.stringify(records)}, the input requires ${JSON.stringify(expected)}`;
      return violated('ERR-1', what);
    }
    const bad =
      recordErrors.reaction === 'dead-letter' ? all.filter((record) => isBad(recordErrors, record)) : [];
    const letters = inOrder(ledger.lettersOf(batchTime));
    const isRight = mayLack ? isPartOf(letters, inOrder(bad)) : sameText(letters, inOrder(bad));
    if (isRight) continue;
    return violated('ERR-2', `the letters of batch ${batchTime} are ${JSON.stringify(letters)}, the input requires ${JSON.stringify(inOrder(bad))}`); // prettier-ignore
  }
}

function countsOf(records: readonly SimRecord[]): readonly (readonly [number, number])[] {
  return Array.from({ length: CHECKED_KEYS }, (_, key) => key)
    .map((key): [number, number] => [key, records.filter(([number]) => number % CHECKED_KEYS === key).length])
    .filter(([, count]) => count > 0);
}

function inOrder(records: readonly SimRecord[]): readonly SimRecord[] {
  return records.toSorted(([one, start], [other, otherStart]) => one - other || start - otherStart);
}

function sameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Every record of `part` is in `whole`, as often at most. Streams have equal numbers. */
function isPartOf(part: readonly SimRecord[], whole: readonly SimRecord[]): boolean {
  const left = whole.map((record) => JSON.stringify(record));
  return part.every((record) => {
    const at = left.indexOf(JSON.stringify(record));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
