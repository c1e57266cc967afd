// The expected records of `dropDuplicates`, by batch time and by event time, from all records that have passed so far.
import type { NodeSettings } from '../program-plan.ts';
import { duplicateKeyOf } from '../record-functions.ts';
import { NUMBER, texter, type RecordType } from '../record-type.ts';
import { isAhead, type TimedRecord } from './event-window-answers.ts';
import type { WatermarkAnswer } from './watermark-answers.ts';

/** Returns the text of a record's key. */
function keyTexter(type: RecordType, set: NodeSettings): (record: unknown) => string {
  const keyOf = duplicateKeyOf(type, set);
  const text = texter(set.variant === 'equal' ? type : NUMBER);
  return (record) => text(keyOf(record));
}

/** The records that pass, by batch time. */
export function passedByBatch(
  batches: readonly (readonly unknown[])[],
  type: RecordType,
  set: NodeSettings,
): readonly (readonly unknown[])[] {
  const nameOf = keyTexter(type, set);
  const passedAt = new Map<string, number>();
  return batches.map((records, batch) =>
    records.filter((record) => {
      const name = nameOf(record);
      const isDuplicate = batch - (passedAt.get(name) ?? Number.NEGATIVE_INFINITY) <= (set.within ?? 1);
      if (!isDuplicate) passedAt.set(name, batch);
      return !isDuplicate;
    }),
  );
}

/** The records that pass, by event time. */
export function passedByEventTime(
  batches: readonly (readonly TimedRecord[])[],
  watermarks: readonly WatermarkAnswer[],
  { type, set }: { readonly type: RecordType; readonly set: NodeSettings },
): readonly (readonly TimedRecord[])[] {
  const nameOf = keyTexter(type, set);
  const { within = 100 } = set;
  const passed: (TimedRecord & { readonly name: string })[] = [];
  return batches.map((batch, index) => {
    const { beforeMs } = watermarks[index] as WatermarkAnswer;
    const inOrder = batch.filter((event) => !isAhead(event)).toSorted((one, other) => one.atMs - other.atMs);
    return inOrder.filter((event) => {
      const name = nameOf(event.record);
      const isLate = event.atMs + within < beforeMs;
      const near = (other: (typeof passed)[number]) =>
        other.name === name && Math.abs(other.atMs - event.atMs) <= within;
      if (isLate || passed.some(near)) return false;
      passed.push({ ...event, name });
      return true;
    });
  });
}
