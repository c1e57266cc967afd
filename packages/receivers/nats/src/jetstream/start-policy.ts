// The option `from` in the words of JetStream.
import { type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream';
import type { JetStreamStart } from './stream-rules.ts';

/** The part of the configuration of a consumer that says where the consumer begins. */
export function startPolicy(
  start: JetStreamStart,
): Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_seq' | 'opt_start_time'> {
  if (start === 'earliest') return { deliver_policy: DeliverPolicy.All };
  if (start === 'latest') return { deliver_policy: DeliverPolicy.New };
  if ('sequence' in start)
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.sequence };
  const opt_start_time = new Date(start.timestampMs).toISOString();
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time };
}
