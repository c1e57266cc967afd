// Reads a part of a stream once more, for a block that the log keeps as a range. The part has to be there as a whole: fewer
// records than before would silently change a batch.
import type { RangeContext, SourcePiece, SourceRange } from '@millrace/core';
import { MalformedValue } from '@millrace/core/engine';
import { DeliverPolicy } from '@nats-io/jetstream';
import { isMillraceError } from '@millrace/core';
import { natsFailure } from '../connection/nats-failure.ts';
import { type DecodeNatsMessage, streamMessageDecoder } from '../decoding/message-decoder.ts';
import { JetStreamLink } from '../jetstream/jetstream-link.ts';
import { natsError } from '../nats-errors.ts';
import { SequenceSource } from './sequence-source.ts';
import { factsOf } from './stream-facts.ts';
import type { JetstreamStreamOptions } from './stream-options.ts';
import { type SequenceRange, sequencesOf } from './stream-position.ts';

/** The bytes that are held at once. */
const HELD_BYTES = 2_097_152;

/**
 * The records of a range, as they were stored.
 *
 * @throws `MR_NATS_RANGE_LOST`; `MR_NATS_UNREACHABLE` and others that may be temporary.
 */
export async function* streamRange(
  options: JetstreamStreamOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<unknown>> {
  const sequences = sequencesOf(range);
  const { signal, clock } = context;
  let jetstream: JetStreamLink | undefined;
  let source: SequenceSource | undefined;
  const wake = (): void => source?.arrived.wake();
  signal.addEventListener('abort', wake, { once: true });
  try {
    signal.throwIfAborted();
    jetstream = await JetStreamLink.open(options, context);
    jetstream.link.onLost(wake);
    const { subjects, inboxPrefix } = options;
    source = new SequenceSource({ jetstream, clock, subjects, inboxPrefix, maxBytes: HELD_BYTES });
    await source.begin({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: sequences.first });
    await assertThere(options, sequences, jetstream);
    const decode = streamMessageDecoder(options, options.stream);
    yield* piecesOf({ options, sequences, jetstream, source, decode, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isMillraceError(error, 'MR_NATS_STREAM_UNKNOWN'))
      throw lost(options, sequences, 'the stream is gone');
    throw natsFailure(error, { what: `read the stream ${options.stream} again`, options });
  } finally {
    signal.removeEventListener('abort', wake);
    await source?.end();
    await jetstream?.link.close();
  }
}

interface RangeReading {
  readonly options: JetstreamStreamOptions;
  readonly sequences: SequenceRange;
  readonly jetstream: JetStreamLink;
  readonly source: SequenceSource;
  readonly decode: DecodeNatsMessage;
  readonly signal: AbortSignal;
}

async function* piecesOf(reading: RangeReading): AsyncGenerator<SourcePiece<unknown>> {
  const { options, sequences, source, jetstream, signal } = reading;
  for (let isOver = false; !isOver;) {
    signal.throwIfAborted();
    if (source.arrived.count > 0) {
      const piece = pieceOf(reading);
      if (piece.records.length > 0) yield { kind: 'records', records: piece.records };
      isOver = piece.isOver;
    } else if (source.failure !== undefined) throw source.failure.error;
    else if (jetstream.link.connection.isClosed())
      throw natsError('MR_NATS_UNREACHABLE', 'the connection was closed');
    else if (source.pending === 0)
      throw lost(options, sequences, `the stream ends before message ${sequences.last}`);
    else {
      source.ask();
      await source.arrived.more();
    }
  }
}

/** The records that wait, and whether the range ends with them. */
function pieceOf({ sequences, source, decode }: RangeReading): {
  readonly records: readonly unknown[];
  readonly isOver: boolean;
} {
  const records: unknown[] = [];
  for (let arrived = source.arrived.take(); arrived !== undefined; arrived = source.arrived.take()) {
    const { sequence } = arrived.delivery;
    if (sequence > sequences.last) return { records, isOver: true };
    const value = decode(arrived.message);
    // Left out in the first reading too, and reported there.
    if (!(value instanceof MalformedValue)) records.push(value);
    if (sequence === sequences.last) return { records, isOver: true };
  }
  return { records, isOver: false };
}

async function assertThere(
  options: JetstreamStreamOptions,
  sequences: SequenceRange,
  jetstream: JetStreamLink,
): Promise<void> {
  const { created, first } = factsOf(await jetstream.stream());
  if (created !== sequences.created) throw lost(options, sequences, 'the stream was made anew');
  if (first > sequences.first) throw lost(options, sequences, `the stream begins at message ${first}`);
}

function lost({ stream }: JetstreamStreamOptions, { first, last }: SequenceRange, reason: string): Error {
  const message = `expected messages ${first} to ${last} of ${stream} as in the first reading: ${reason}; the stream has to keep messages for longer than the time between checkpoints`;
  return natsError('MR_NATS_RANGE_LOST', message, { details: { stream, first, last } });
}
