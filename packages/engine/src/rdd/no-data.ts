// Handles values that the program's functions made and that the codec refuses. Such a value cannot be left out: the
// value is the state of a key, an answer, half of a shuffle. So the batch fails at once, where the value was made,
// with a code that names the place; a repetition would make the same value again.
import { type Codec, isMillraceError, type RecordRefusal } from '@millrace/core';
import { refusalsOf } from '@millrace/core/engine';
import { rddError } from './rdd-errors.ts';

/**
 * Checks that the buckets of a map task can be fetched from another memory. The check runs when buckets are
 * written: whether a bucket is fetched or stays depends on the placement of tasks, and placement must not decide
 * whether a program fails.
 *
 * @throws `MR_RDD_VALUE_UNSUPPORTED`.
 */
export function assertBucketsAreData(
  codec: Codec,
  buckets: readonly (readonly unknown[])[],
  shuffleId: string,
): void {
  for (const bucket of buckets) {
    const [refusal] = refusalsOf(codec, bucket);
    if (refusal !== undefined) throw unsupported(`the records of shuffle ${shuffleId}`, refusal);
  }
}

/**
 * Encodes values that leave an executor.
 *
 * @param what Names the values and the operator, for instance `the records of shuffle 4 of batch 1000`.
 * @throws `MR_RDD_VALUE_UNSUPPORTED`.
 */
export function encodedOrNamed(codec: Codec, values: readonly unknown[], what: string): Uint8Array {
  try {
    return codec.encodeRecords(values);
  } catch (cause) {
    if (!isMillraceError(cause, 'MR_CODEC_UNSUPPORTED_VALUE')) throw cause;
    const [refusal] = refusalsOf(codec, values);
    throw unsupported(what, refusal ?? { path: 'record', found: cause.message }, cause);
  }
}

function unsupported(
  what: string,
  { path, found }: Pick<RecordRefusal, 'path' | 'found'>,
  cause?: unknown,
): Error {
  const message = `${what} leave the executor and must be plain data, and ${path} is ${found}; map such values to data`;
  return rddError('MR_RDD_VALUE_UNSUPPORTED', message, {
    details: { what, path, found },
    ...(cause === undefined ? {} : { cause }),
  });
}
