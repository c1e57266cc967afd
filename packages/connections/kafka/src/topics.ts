// The topics of a cluster: found, made, and the cleaning of their logs.
import type { Clock } from '@millrace/core';
import { Admin, type Base, type BaseOptions, ConfigResourceTypes } from '@platformatic/kafka';
import { closeClient, guardErrors } from './close-client.ts';
import { isKafkaAnswer, isUnknownTopic } from './kafka-answers.ts';

/** A topic of a cluster. */
export interface KafkaTopicFacts {
  /** Differs for a topic that was made anew under the same name. */
  readonly id: string;
  readonly partitionCount: number;
}

/** Collaborators of the functions below. */
export interface KafkaTopicDeps {
  readonly settings: BaseOptions;
  readonly clock: Clock;
}

/** A topic to be made. Numbers that are left out are those of the cluster. */
export interface NewKafkaTopic {
  readonly topic: string;
  readonly partitions?: number;
  readonly configs?: { readonly name: string; readonly value: string }[];
}

/** A new topic is known to every broker after a moment. */
const LOOKS = 50;
const LOOK_AGAIN_MS = 100;
/** Names of topics in Kafka. */
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;

/** The expectation of an option for a topic. */
export const TOPIC_EXPECTED = 'the name of a topic: letters, digits, dots, underscores and dashes';

/** True for the name of a topic. */
export function isTopic(value: unknown): boolean {
  return typeof value === 'string' && TOPIC.test(value) && value !== '.' && value !== '..';
}

/** The facts of a topic; undefined for an unknown one. @throws errors of the client */
export async function findTopic(client: Base, topic: string): Promise<KafkaTopicFacts | undefined> {
  try {
    const { topics } = await client.metadata({ topics: [topic], forceUpdate: true });
    const found = topics.get(topic);
    return found === undefined ? undefined : { id: found.id, partitionCount: found.partitionsCount };
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

/** Makes a topic. False when another client was faster. @throws errors of the client */
export async function createTopic({ topic, ...form }: NewKafkaTopic, deps: KafkaTopicDeps): Promise<boolean> {
  try {
    await withAdmin(deps, (admin) => admin.createTopics({ topics: [topic], ...form }));
    return true;
  } catch (error) {
    if (!isKafkaAnswer(error, 'TOPIC_ALREADY_EXISTS')) throw error;
    return false;
  }
}

/**
 * The facts of a topic that was just made, as soon as a broker knows the topic; undefined after five seconds.
 *
 * @throws errors of the client
 */
export async function awaitTopic(
  client: Base,
  topic: string,
  clock: Clock,
): Promise<KafkaTopicFacts | undefined> {
  for (let look = 0; look < LOOKS; look += 1) {
    const made = await findTopic(client, topic);
    if (made !== undefined) return made;
    await clock.sleepFor(LOOK_AGAIN_MS);
  }
  return undefined;
}

/** The setting `cleanup.policy` of a topic, for instance `compact`. @throws errors of the client */
export async function cleanupPolicy(topic: string, deps: KafkaTopicDeps): Promise<string | undefined> {
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: topic,
    configurationKeys: ['cleanup.policy'],
  };
  const [found] = await withAdmin(deps, (admin) => admin.describeConfigs({ resources: [resource] }));
  return found?.configs.find(({ name }) => name === 'cleanup.policy')?.value ?? undefined;
}

async function withAdmin<R>(
  { settings, clock }: KafkaTopicDeps,
  use: (admin: Admin) => Promise<R>,
): Promise<R> {
  const admin = new Admin(settings);
  guardErrors(admin);
  try {
    return await use(admin);
  } finally {
    await closeClient(admin, clock, () => admin.close());
  }
}
