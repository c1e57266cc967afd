// The reaction to a record for which a function of the program fails, as it applies to the operator of one stream.
import { oneOf } from '@millrace/core/engine';

/** The reaction to a record for which a function of an operator throws, or returns a promise. */
export type RecordErrorReaction =
  /** The task fails and is tried again; the batch fails when that does not help. */
  | 'fail-batch'
  /** The record is left out, counted and reported; the batch goes on. */
  | 'skip'
  /** As `skip`, and the record is written to the sink of the option `deadLetters` before the batch is complete. */
  | 'dead-letter';

/** The rule of an operator, with its names for messages. */
export interface RecordErrorRule {
  readonly reaction: RecordErrorReaction;
  /** The id of the operator's stream. */
  readonly stream: string;
  /** For instance `map`. */
  readonly operator: string;
  /** File, line and column of the program's call that made the operator; undefined: unknown. */
  readonly definedAt: string | undefined;
}

/** The rule of the option and of the argument. */
export const REACTION_RULE = oneOf<RecordErrorReaction>(['fail-batch', 'skip', 'dead-letter'], 'fail-batch');

/** True when records may be left out. */
export function leavesOut(rule: RecordErrorRule | undefined): boolean {
  return rule !== undefined && rule.reaction !== 'fail-batch';
}
