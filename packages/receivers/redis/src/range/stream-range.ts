// Reads a part of a stream once more, for a block that the log keeps as a range. The part has to be there as a whole: fewer
// records than before would silently change a batch.
import type { RangeContext, SourcePiece, SourceRange } from '@millrace/core';
import { isMillraceError } from '@millrace/core';
import { MalformedValue } from '@millrace/core/engine';
import { redisFailure } from '../connection/redis-failure.ts';
import { type DecodeEntry, entryDecoder } from '../decoding/entry-decoder.ts';
import { AnswerSize } from '../reading/answer-size.ts';
import { largestOf, type StreamEntry } from '../reading/stream-entries.ts';
import { redisError } from '../redis-errors.ts';
import { entriesBetween, type EntryRange } from './range-position.ts';
import type { RedisStreamRangeOptions } from './range-options.ts';
import { RangeSource } from './range-source.ts';

/** The bytes of one answer; the records of one answer are one piece. */
const ANSWER_BYTES = 1_048_576;

/**
 * The records of a range, as they were stored.
 *
 * @throws `MR_REDIS_RANGE_LOST`; `MR_REDIS_UNREACHABLE` and others that may be temporary.
 */
export async function* streamRange(
  options: RedisStreamRangeOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<unknown>> {
  const wanted = entriesBetween(range);
  const source = await RangeSource.create(options, context);
  const close = (): void => void source.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    context.signal.throwIfAborted();
    await source.open(false);
    yield* piecesOf(options, wanted, source);
  } catch (error) {
    context.signal.throwIfAborted();
    if (isMillraceError(error, 'MR_REDIS_STREAM_UNKNOWN')) throw lost(options, wanted, 'the stream is gone');
    const what = `read stream ${JSON.stringify(options.stream)} again`;
    throw redisFailure(error, { what, options });
  } finally {
    context.signal.removeEventListener('abort', close);
    await source.close();
  }
}

/** A later piece is asked for when the one before was taken, so a missing entry may be noticed behind some pieces. */
async function* piecesOf(
  options: RedisStreamRangeOptions,
  wanted: EntryRange,
  source: RangeSource,
): AsyncGenerator<SourcePiece<unknown>> {
  const decode = entryDecoder(options, options.stream);
  const size = new AnswerSize(ANSWER_BYTES);
  let { behind } = wanted;
  let found = 0;
  while (behind !== wanted.to) {
    const entries = await source.between(behind, wanted.to, size.count);
    const last = entries.at(-1);
    if (last === undefined) break;
    size.learn(largestOf(entries));
    behind = last.id;
    found += entries.length;
    if (behind === wanted.to && found !== wanted.count) break;
    const records = recordsOf(entries, decode);
    if (records.length > 0) yield { kind: 'records', records };
  }
  if (found !== wanted.count || behind !== wanted.to)
    throw lost(options, wanted, `${found} of ${wanted.count} entries are left`);
}

function recordsOf(entries: readonly StreamEntry[], decode: DecodeEntry): readonly unknown[] {
  const records: unknown[] = [];
  for (const { id, fields = [] } of entries) {
    const value = decode(id, fields);
    // Left out in the first reading too, and reported there.
    if (!(value instanceof MalformedValue)) records.push(value);
  }
  return records;
}

function lost({ stream }: RedisStreamRangeOptions, { behind, to }: EntryRange, reason: string): Error {
  const message = `expected the entries behind ${behind} up to ${to} of stream ${JSON.stringify(stream)} as in the first reading: ${reason}; the stream has to keep entries for longer than the time between checkpoints`;
  return redisError('MR_REDIS_RANGE_LOST', message, { details: { stream, behind, to } });
}
