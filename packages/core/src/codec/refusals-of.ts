// Which records a codec does not take, whoever made the codec. The engine asks before records are stored, so that a record
// that cannot be encoded is left out alone and its block goes on.
import type { Codec, RecordRefusal } from '../contracts/codec.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { messageOf, propertyOf } from '../errors/thrown-value.ts';

/** No record was refused. */
export const NO_REFUSALS: readonly RecordRefusal[] = Object.freeze([]);

/**
 * The records among the first `count` that the codec does not take, in their order; empty: it takes all. A codec without
 * `refusalsIn` is asked by encoding.
 */
export function refusalsOf(
  codec: Codec,
  records: readonly unknown[],
  count = records.length,
): readonly RecordRefusal[] {
  if (codec.refusalsIn !== undefined) return codec.refusalsIn(records, count);
  const asked = records.length === count ? records : records.slice(0, count);
  if (refusalBy(codec, asked, 0) === undefined) return NO_REFUSALS;
  return asked.flatMap((record, index) => refusalBy(codec, [record], index) ?? []);
}

/** Undefined: the codec takes the records. @throws what is wrong with the codec and not with a record. */
function refusalBy(codec: Codec, records: readonly unknown[], index: number): RecordRefusal | undefined {
  try {
    codec.encodeRecords(records);
    return undefined;
  } catch (error) {
    if (!isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE')) throw error;
    const path = propertyOf(error.details, 'path');
    return { index, path: typeof path === 'string' ? path : 'record', found: messageOf(error) };
  }
}
