// The reason that excludes a record from every block, for receivers that check records while reading. Such a receiver
// refuses one record and reports the record's place in the source.
import { refusedRecords } from './record-check.ts';

/**
 * The reason why no block can contain a record, for a message, for instance
 * `record.name is text with half of a surrogate pair`; undefined for an acceptable record. The rules are the rules of
 * the default codec: plain data of at most 100 levels, with text without lone surrogates.
 */
export function recordProblem(record: unknown): string | undefined {
  const [refusal] = refusedRecords([record], 1);
  return refusal === undefined ? undefined : `${refusal.path} is ${refusal.found}`;
}
