// A stream at the start of a reader: fit for reading parts again, or refused.
import { RetentionPolicy, type StreamInfo } from '@nats-io/jetstream';
import { natsError } from '../nats-errors.ts';
import type { JetstreamStreamOptions } from './stream-options.ts';

/** The facts of a stream that a reader needs. */
export interface StreamFacts {
  /** Differs for a stream that was made anew under the same name. */
  readonly created: string;
  /** The sequence of the oldest message, or of the next one in an empty stream. */
  readonly first: number;
  /** True for a stream that keeps only the last messages of each subject. */
  readonly isCompacted: boolean;
}

/** The facts of a stream. */
export function factsOf({ created, state, config }: StreamInfo): StreamFacts {
  const { first_seq, last_seq, messages } = state;
  return {
    created,
    first: messages === 0 ? last_seq + 1 : first_seq,
    isCompacted: config.max_msgs_per_subject > 0,
  };
}

/**
 * Refuses a stream that removes messages for another reason than its limits.
 *
 * @throws `MR_NATS_STREAM_UNFIT`
 */
export function assertFit({ config }: StreamInfo, { stream, ranges }: JetstreamStreamOptions): void {
  const { retention, max_msgs_per_subject } = config;
  if (retention !== RetentionPolicy.Limits) {
    const message = `expected a stream with retention limits, got ${retention} of ${stream}, which removes messages by the acknowledgements of consumers; use jetstreamRecords`;
    throw natsError('MR_NATS_STREAM_UNFIT', message, { details: { stream, retention } });
  }
  if (!ranges || max_msgs_per_subject <= 0) return;
  const message = `expected a stream without a limit for each subject, got max_msgs_per_subject ${max_msgs_per_subject} of ${stream}; set ranges to false, and the log keeps the records themselves`;
  throw natsError('MR_NATS_STREAM_UNFIT', message, { details: { stream, max_msgs_per_subject } });
}
