// A topic at the start of a receiver: known, or made on request, and fit for reading parts again.
import {
  awaitTopic,
  cleanupPolicy,
  createTopic,
  findTopic,
  isKafkaAnswer,
  type KafkaTopicDeps,
  type KafkaTopicFacts,
} from '@millrace/connection-kafka';
import type { Logger } from '@millrace/core';
import type { Base } from '@platformatic/kafka';
import { kafkaError } from '../kafka-errors.ts';

/** Collaborators of the functions below. */
export interface TopicDeps extends KafkaTopicDeps {
  readonly log: Logger;
}

/**
 * The facts of a topic.
 *
 * @throws `MR_KAFKA_TOPIC_UNKNOWN`, and errors of the client.
 */
export async function topicFacts(
  client: Base,
  topic: string,
  { isCreated, ...deps }: TopicDeps & { readonly isCreated: boolean },
): Promise<KafkaTopicFacts> {
  const known = await findTopic(client, topic);
  if (known !== undefined) return known;
  if (!isCreated) {
    const message = `expected the topic ${topic} to exist; correct the name, create the topic, or set create`;
    throw kafkaError('MR_KAFKA_TOPIC_UNKNOWN', message, { details: { topic } });
  }
  if (await createTopic({ topic }, deps)) deps.log.info('made a topic', { topic });
  const made = await awaitTopic(client, topic, deps.clock);
  if (made !== undefined) return made;
  throw kafkaError('MR_KAFKA_FAILED', `the topic ${topic} was made, and no broker knows the topic`);
}

/**
 * Refuses a compacted topic: a part that is read again lacks records that were there before. Without the permission to look,
 * the receiver goes on; the engine compares the number of records.
 *
 * @throws `MR_KAFKA_TOPIC_COMPACTED`, and errors of the client.
 */
export async function assertNotCompacted(topic: string, deps: TopicDeps): Promise<void> {
  const policy = await permittedPolicy(topic, deps);
  if (policy?.includes('compact') !== true) return;
  const message = `expected a topic without compaction, got cleanup.policy=${policy} of ${topic}; set ranges to false, and the log keeps the records themselves`;
  throw kafkaError('MR_KAFKA_TOPIC_COMPACTED', message, { details: { topic, policy } });
}

async function permittedPolicy(topic: string, deps: TopicDeps): Promise<string | undefined> {
  try {
    return await cleanupPolicy(topic, deps);
  } catch (error) {
    const isDenied = ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'].some((name) =>
      isKafkaAnswer(error, name),
    );
    if (!isDenied) throw error;
    deps.log.warn('no permission to see whether the topic is compacted', { topic });
    return undefined;
  }
}
