// The topics of a sink at its start: known, or made; and the ledger fit for its task.
import type { Clock } from '@millrace/core';
import { Admin, type Base, type BaseOptions, ConfigResourceTypes } from '@platformatic/kafka';
import { kafkaSinkError } from '../kafka-sink-errors.ts';
import { closeClient, guardErrors } from './close-client.ts';
import { isKafkaAnswer, isUnknownTopic } from './kafka-failure.ts';

/** A topic of a cluster. */
export interface SinkTopic {
  /** Differs for a topic that was made anew under the same name. */
  readonly id: string;
  readonly partitionCount: number;
}

/** Collaborators of the functions below. */
export interface SinkTopicDeps {
  readonly settings: BaseOptions;
  readonly clock: Clock;
}

/** A new topic is known to every broker after a moment. */
const LOOKS = 50;
const LOOK_AGAIN_MS = 100;
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
  { isCreated, ...deps }: SinkTopicDeps & { readonly isCreated: boolean },
): Promise<SinkTopic> {
  const known = await factsOf(client, topic);
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
export async function ledgerFacts(client: Base, topic: string, deps: SinkTopicDeps): Promise<SinkTopic> {
  const configs = Object.entries(LEDGER_CONFIGS).map(([name, value]) => ({ name, value }));
  const facts =
    (await factsOf(client, topic)) ?? (await madeTopic(client, { topic, partitions: 1, configs }, deps));
  if (facts.partitionCount !== 1)
    throw unfit(topic, `one partition of the ledger ${topic}, got ${facts.partitionCount}`);
  const policy = await cleanupPolicy(topic, deps);
  if (policy !== 'compact')
    throw unfit(topic, `cleanup.policy=compact of the ledger ${topic}, got ${policy}; a ledger that forgets by time lets records through twice`); // prettier-ignore
  return facts;
}

async function factsOf(client: Base, topic: string): Promise<SinkTopic | undefined> {
  try {
    const { topics } = await client.metadata({ topics: [topic], forceUpdate: true });
    const found = topics.get(topic);
    return found === undefined ? undefined : { id: found.id, partitionCount: found.partitionsCount };
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

interface NewTopic {
  readonly topic: string;
  readonly partitions?: number;
  readonly configs?: { readonly name: string; readonly value: string }[];
}

async function madeTopic(
  client: Base,
  { topic, ...form }: NewTopic,
  deps: SinkTopicDeps,
): Promise<SinkTopic> {
  try {
    await withAdmin(deps, (admin) => admin.createTopics({ topics: [topic], ...form }));
  } catch (error) {
    // Another sink was faster.
    if (!isKafkaAnswer(error, 'TOPIC_ALREADY_EXISTS')) throw error;
  }
  for (let look = 0; look < LOOKS; look += 1) {
    const made = await factsOf(client, topic);
    if (made !== undefined) return made;
    await deps.clock.sleepFor(LOOK_AGAIN_MS);
  }
  throw kafkaSinkError(
    'MR_SINK_KAFKA_BUSY',
    `the topic ${topic} was made, and no broker knows the topic yet`,
  );
}

async function cleanupPolicy(topic: string, deps: SinkTopicDeps): Promise<string> {
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: topic,
    configurationKeys: ['cleanup.policy'],
  };
  const [found] = await withAdmin(deps, (admin) => admin.describeConfigs({ resources: [resource] }));
  return found?.configs.find(({ name }) => name === 'cleanup.policy')?.value ?? 'unknown';
}

function unfit(topic: string, expected: string): Error {
  return kafkaSinkError('MR_SINK_KAFKA_LEDGER', `expected ${expected}`, { details: { topic } });
}

async function withAdmin<R>(
  { settings, clock }: SinkTopicDeps,
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
