// Values that a program's own functions made and that the codec does not take. Such a value cannot be left out: it is the
// state of a key, an answer, half of a shuffle. So the batch fails at once, where the value was made, with a code that
// says where; a repetition would make the same value again.
import { type Codec, isMillraceError, refusalsOf } from '@millrace/core';
import { rddError } from './rdd-errors.ts';

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
    const { path = 'record', found = cause.message } = refusal ?? {};
    const message = `${what} leave the executor and must be plain data, and ${path} is ${found}; map such values to data`;
    throw rddError('MR_RDD_VALUE_UNSUPPORTED', message, { details: { what, path, found }, cause });
  }
}
