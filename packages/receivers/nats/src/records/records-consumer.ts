// The consumer behind `jetstreamRecords`: found and looked at, or made on request.
import type { Logger } from '@millrace/core';
import { AckPolicy, type ConsumerConfig, type ConsumerInfo, JetStreamApiError } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { isUnknownConsumer } from '../connection/nats-failure.ts';
import type { JetStreamLink } from '../jetstream/jetstream-link.ts';
import { startPolicy } from '../jetstream/start-policy.ts';
import { natsError } from '../nats-errors.ts';
import type { JetstreamRecordsOptions } from './records-options.ts';

/** A consumer that fits. */
export interface FoundConsumer {
  readonly name: string;
  /** The shortest time after which an unacknowledged message comes again, in milliseconds. */
  readonly ackWaitMs: number;
}

const NANOSECONDS = 1_000_000;
const DEFAULT_ACK_WAIT_MS = 30_000;
/** Another receiver was faster, with other options. */
const ALREADY_EXISTS = new Set([10_148, 10_013]);

/**
 * The consumer of the options.
 *
 * @throws `MR_NATS_STREAM_UNKNOWN`, `_CONSUMER_UNKNOWN`, `_CONSUMER_UNFIT`, and errors of the client.
 */
export async function recordsConsumer(
  jetstream: JetStreamLink,
  options: JetstreamRecordsOptions,
  log: Logger,
): Promise<FoundConsumer> {
  const info = (await found(jetstream, options)) ?? (await made(jetstream, options, log));
  const { config } = info;
  assertFit(options, config);
  const waits = [config.ack_wait ?? 0, ...(config.backoff ?? [])].filter((wait) => wait > 0);
  return {
    name: options.consumer,
    ackWaitMs: waits.length === 0 ? DEFAULT_ACK_WAIT_MS : Math.min(...waits) / NANOSECONDS, // bounded: the waits of one consumer
  };
}

/** Undefined for a missing consumer that may be made. */
async function found(
  jetstream: JetStreamLink,
  { stream, consumer, create }: JetstreamRecordsOptions,
): Promise<ConsumerInfo | undefined> {
  // Without the stream the answer about the consumer would not tell which of the two is missing.
  await jetstream.stream();
  try {
    return await jetstream.consumer(consumer);
  } catch (error) {
    if (!isUnknownConsumer(error)) throw error;
    if (create) return undefined;
    const message = `expected the consumer ${consumer} of the stream ${stream} to exist; correct the name, create the consumer, or set create`;
    throw natsError('MR_NATS_CONSUMER_UNKNOWN', message, { details: { stream, consumer } });
  }
}

async function made(
  jetstream: JetStreamLink,
  { consumer, subjects, from, ackWaitMs, maxInFlight, stream }: JetstreamRecordsOptions,
  log: Logger,
): Promise<ConsumerInfo> {
  try {
    const info = await jetstream.addConsumer({
      durable_name: consumer,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: maxInFlight,
      max_deliver: -1,
      ...(subjects === undefined ? {} : { filter_subjects: [...subjects] }),
      ...startPolicy(from),
    });
    log.info('made a consumer', { stream, consumer });
    return info;
  } catch (error) {
    const isThere = error instanceof JetStreamApiError && ALREADY_EXISTS.has(error.code);
    if (!isThere) throw error;
    return await jetstream.consumer(consumer);
  }
}

function assertFit({ stream, consumer }: JetstreamRecordsOptions, config: ConsumerConfig): void {
  const { ack_policy, deliver_subject, max_deliver = -1 } = config;
  const problem =
    deliver_subject === undefined
      ? ack_policy === AckPolicy.Explicit
        ? max_deliver > 0
          ? `got max_deliver ${max_deliver}, after which messages are given up without a word; set max_deliver to -1`
          : undefined
        : `got ack_policy ${ack_policy}; use a consumer with ack_policy explicit`
      : 'got a push consumer; use a consumer without deliver_subject';
  if (problem === undefined) return;
  const message = `expected a pull consumer with explicit acknowledgements and any number of deliveries as ${consumer} of ${stream}, ${problem}`;
  throw natsError('MR_NATS_CONSUMER_UNFIT', message, { details: { stream, consumer } });
}
