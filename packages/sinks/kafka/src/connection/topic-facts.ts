// The topics of a sink at its start: known, or made; and the ledger fit for its task.
import {
  awaitTopic,
  cleanupPolicy,
  createTopic,
  findTopic,
  type KafkaTopicDeps,
  type KafkaTopicFacts,
  type NewKafkaTopic,
} from '@millrace/connection-kafka';
import type { Base } from '@platformatic/kafka';
import { kafkaSinkError } from '../kafka-sink-errors.ts';

/** Compaction leaves the newest segment alone, and every start of a sink reads this segment: a small one. */
const LEDGER_CONFIGS = {
  'cleanup.policy': 'compact',
  'segment.bytes': '16777216',
  'min.cleanable.dirty.ratio': '0.2',
};

/**
 * The topic of the records.
 *
 * @throws `MR_SINK_KAFKA_TOPIC_UNKNOWN`, and errors of the client.
 */
export async function targetFacts(
  client: Base,
  topic: string,
  { isCreated, ...deps }: KafkaTopicDeps & { readonly isCreated: boolean },
): Promise<KafkaTopicFacts> {
  const known = await findTopic(client, topic);
  if (known !== undefined) return known;
  if (!isCreated) {
    const message = `expected the topic ${topic} to exist; correct the name, create the topic, or set create`;
    throw kafkaSinkError('MR_SINK_KAFKA_TOPIC_UNKNOWN', message, { details: { topic } });
  }
  return await madeTopic(client, { topic }, deps);
}

/**
 * The topic of the ledger, made if missing: of one partition, compacted, and never removed by time.
 *
 * @throws `MR_SINK_KAFKA_LEDGER`, and errors of the client.
 */
export async function ledgerFacts(
  client: Base,
  topic: string,
  deps: KafkaTopicDeps,
): Promise<KafkaTopicFacts> {
  const configs = Object.entries(LEDGER_CONFIGS).map(([name, value]) => ({ name, value }));
  const facts =
    (await findTopic(client, topic)) ?? (await madeTopic(client, { topic, partitions: 1, configs }, deps));
  if (facts.partitionCount !== 1)
    throw unfit(topic, `one partition of the ledger ${topic}, got ${facts.partitionCount}`);
  const policy = (await cleanupPolicy(topic, deps)) ?? 'unknown';
  if (policy !== 'compact')
    throw unfit(topic, `cleanup.policy=compact of the ledger ${topic}, got ${policy}; a ledger that forgets by time lets records through twice`); // prettier-ignore
  return facts;
}

async function madeTopic(client: Base, form: NewKafkaTopic, deps: KafkaTopicDeps): Promise<KafkaTopicFacts> {
  await createTopic(form, deps);
  const made = await awaitTopic(client, form.topic, deps.clock);
  if (made !== undefined) return made;
  const message = `the topic ${form.topic} was made, and no broker knows the topic yet`;
  throw kafkaSinkError('MR_SINK_KAFKA_BUSY', message);
}

function unfit(topic: string, expected: string): Error {
  return kafkaSinkError('MR_SINK_KAFKA_LEDGER', `expected ${expected}`, { details: { topic } });
}
