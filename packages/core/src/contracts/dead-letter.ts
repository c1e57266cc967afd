// Dead letters: the records that were left out of their batch because a function of the program failed for them, or
// because they could not be stored, and records whose event time is too far ahead. A sink receives the dead letters of a
// batch before the batch is complete. A letter has one level of texts and numbers beside its error, so that a sink with
// columns can write the letter, too.
import type { BatchIdentity } from './identifiers.ts';
import type { SerializedError } from './serialized-error.ts';

/**
 * The form of the text in `DeadLetter.record`. `json`: the record as JSON, which gives the same record back. `codec`: bytes
 * of the engine's codec in base64, for a record that JSON would change, such as a `Date` or a `Map`. `text`: the record in
 * words, cut to 1,024 characters, for a record that is no data.
 */
export type DeadRecordForm = 'json' | 'codec' | 'text';

/**
 * A record that was left out of its batch, or whose event time is too far ahead, as written to the sink of the option
 * `deadLetters`.
 */
export interface DeadLetter extends BatchIdentity {
  /** The stream whose operator failed: its uid, or else position and kind, for instance `orders` or `3-map`. */
  readonly stream: string;
  /** The operator, for instance `map`; `store` for a record that no block can hold. */
  readonly operator: string;
  /** The partition of the stream. */
  readonly partition: number;
  /** The place among the dead letters of this operator, batch and partition, from 0. */
  readonly index: number;
  /** The record that the function was called with, in the form of `recordForm`; one line, well-formed. */
  readonly record: string;
  readonly recordForm: DeadRecordForm;
  /** The reason in one line of at most 1,024 characters, without control characters. */
  readonly reason: string;
  /** The error. Every text inside is well-formed. */
  readonly error: SerializedError;
}
