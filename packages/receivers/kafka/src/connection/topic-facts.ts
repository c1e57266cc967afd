// A topic at the start of a receiver: known, or made on request, and fit for reading parts again.
import type { Clock, Logger } from '@millrace/core';
import { Admin, type BaseOptions, type Base, ConfigResourceTypes } from '@platformatic/kafka';
import { kafkaError } from '../kafka-errors.ts';
import { closeClient, guardErrors } from './close-client.ts';
import { isKafkaAnswer, isUnknownTopic } from './kafka-failure.ts';

/** A topic of a cluster. */
export interface TopicFacts {
  /** Differs for a topic that was made anew under the same name. */
  readonly id: string;
  readonly partitionCount: number;
}

/** Collaborators of the functions below. */
export interface TopicDeps {
  readonly settings: BaseOptions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A new topic is known to every broker after a moment. */
const LOOKS = 50;
const LOOK_AGAIN_MS = 100;

/**
 * The facts of a topic.
 *
 * @throws `MR_KAFKA_TOPIC_UNKNOWN`, and errors of the client.
 */
export async function topicFacts(
  client: Base,
  topic: string,
  { isCreated, ...deps }: TopicDeps & { readonly isCreated: boolean },
): Promise<TopicFacts> {
  const known = await factsOf(client, topic);
  if (known !== undefined) return known;
  if (!isCreated) {
    const message = `expected the topic ${topic} to exist; correct the name, create the topic, or set create`;
    throw kafkaError('MR_KAFKA_TOPIC_UNKNOWN', message, { details: { topic } });
  }
  await createTopic(topic, deps);
  for (let look = 0; look < LOOKS; look += 1) {
    const made = await factsOf(client, topic);
    if (made !== undefined) return made;
    await deps.clock.sleepFor(LOOK_AGAIN_MS);
  }
  throw kafkaError('MR_KAFKA_FAILED', `the topic ${topic} was made, and no broker knows the topic`);
}

/**
 * Refuses a compacted topic: a part that is read again lacks records that were there before. Without the permission to look,
 * the receiver goes on; the engine compares the number of records.
 *
 * @throws `MR_KAFKA_TOPIC_COMPACTED`, and errors of the client.
 */
export async function assertNotCompacted(topic: string, deps: TopicDeps): Promise<void> {
  const policy = await cleanupPolicy(topic, deps);
  if (policy?.includes('compact') !== true) return;
  const message = `expected a topic without compaction, got cleanup.policy=${policy} of ${topic}; set ranges to false, and the log keeps the records themselves`;
  throw kafkaError('MR_KAFKA_TOPIC_COMPACTED', message, { details: { topic, policy } });
}

async function factsOf(client: Base, topic: string): Promise<TopicFacts | undefined> {
  try {
    const { topics } = await client.metadata({ topics: [topic], forceUpdate: true });
    const found = topics.get(topic);
    return found === undefined ? undefined : { id: found.id, partitionCount: found.partitionsCount };
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

async function createTopic(topic: string, deps: TopicDeps): Promise<void> {
  try {
    await withAdmin(deps, (admin) => admin.createTopics({ topics: [topic] }));
    deps.log.info('made a topic', { topic });
  } catch (error) {
    // Another receiver was faster.
    if (!isKafkaAnswer(error, 'TOPIC_ALREADY_EXISTS')) throw error;
  }
}

async function cleanupPolicy(topic: string, deps: TopicDeps): Promise<string | undefined> {
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: topic,
    configurationKeys: ['cleanup.policy'],
  };
  try {
    const [found] = await withAdmin(deps, (admin) => admin.describeConfigs({ resources: [resource] }));
    return found?.configs.find(({ name }) => name === 'cleanup.policy')?.value ?? undefined;
  } catch (error) {
    const isDenied = ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'].some((name) =>
      isKafkaAnswer(error, name),
    );
    if (!isDenied) throw error;
    deps.log.warn('no permission to see whether the topic is compacted', { topic });
    return undefined;
  }
}

async function withAdmin<R>({ settings, clock }: TopicDeps, use: (admin: Admin) => Promise<R>): Promise<R> {
  const admin = new Admin(settings);
  guardErrors(admin);
  try {
    return await use(admin);
  } finally {
    await closeClient(admin, clock, () => admin.close());
  }
}
