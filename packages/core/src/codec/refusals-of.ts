// The records that a codec does not accept, for any implementation of a codec. The engine calls this check before
// storing records, so that a record that cannot be encoded is left out alone and its block continues.
import type { Codec, RecordRefusal } from '../contracts/codec.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { messageOf, propertyOf } from '../errors/thrown-value.ts';

/** No record was refused. */
export const NO_REFUSALS: readonly RecordRefusal[] = Object.freeze([]);

/**
 * The records among the first `count` that the codec does not accept, in their order; empty: every record is accepted.
 * For a codec without `refusalsIn` the check encodes the records.
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

/** Undefined: the codec accepts the records. @throws errors of the codec itself that no record caused. */
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
