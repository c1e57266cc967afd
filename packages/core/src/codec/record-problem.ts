// The reason that keeps a record out of every block, for receivers that check records when they read them. Such a receiver
// refuses one record and tells the record's place in the source.
import { refusedRecords } from './record-check.ts';

/**
 * Why no block can carry a record, for a message, for instance `record.name is text with half of a surrogate pair`; undefined
 * when one can. The rules are those of the default codec: plain data of at most 100 levels, with text that is whole.
 */
export function recordProblem(record: unknown): string | undefined {
  const [refusal] = refusedRecords([record], 1);
  return refusal === undefined ? undefined : `${refusal.path} is ${refusal.found}`;
}
