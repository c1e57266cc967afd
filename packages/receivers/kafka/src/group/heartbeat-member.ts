// A member by the protocol of KIP-848: the broker divides the partitions, and every heartbeat is a question and an answer. A
// partition moves in two steps, and the other partitions go on:
//
//   broker ─► this member: without partition 1      the partition is fenced
//   this member ─► broker: I have what is left      now another member gets partition 1
//
// The library offers this protocol only together with its own reading, so the heartbeats are sent here.
import { randomUUID } from 'node:crypto';
import { closeClient, guardErrors, isKafkaAnswer } from '@millrace/connection-kafka';
import { consumerGroupHeartbeatV1, Consumer } from '@platformatic/kafka';
import { kafkaError } from '../kafka-errors.ts';
import {
  type GroupListener,
  type GroupMember,
  type GroupMemberDeps,
  JOIN_AGAIN_MS,
  JOIN_TRIES,
} from './group-member.ts';

type Heartbeat = Awaited<ReturnType<typeof consumerGroupHeartbeatV1.api.async>>;
type ApiVersions = Pick<Awaited<ReturnType<Consumer['listApis']>>[number], 'apiKey' | 'maxVersion'>;
type Assignment = NonNullable<Heartbeat['assignment']>['topicPartitions'];

const EPOCH_JOIN = 0;
const EPOCH_LEAVE = -1;
/** A member with a name keeps its partitions for its successor. */
const EPOCH_LEAVE_FOR_SUCCESSOR = -2;
/** The group knows this member no longer, or has another one of its name. */
const FENCED = ['FENCED_MEMBER_EPOCH', 'UNKNOWN_MEMBER_ID', 'UNRELEASED_INSTANCE_ID', 'FENCED_INSTANCE_ID'];
/** Answers and faults after which another try is worth the wait. */
const MOVED = ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS'];

/** A member of a group of the protocol `consumer`. */
export class HeartbeatMember implements GroupMember {
  readonly #deps: GroupMemberDeps;
  readonly #memberId = randomUUID();
  readonly #ended = new AbortController();
  #client: Consumer;
  #epoch = EPOCH_JOIN;
  #assignment: Assignment = [];
  #running: Promise<void> | undefined;

  /** Makes the client. No connection is opened yet. */
  constructor(deps: GroupMemberDeps) {
    this.#deps = deps;
    this.#client = this.#newClient();
  }

  /** Joins, and sends heartbeats from then on. @throws `MR_KAFKA_FENCED`, `MR_KAFKA_FAILED`, and errors of the client. */
  async join(topicNames: ReadonlyMap<string, string>, listener: GroupListener): Promise<void> {
    assertHeartbeats(await this.#client.listApis());
    const first = await this.#askPatiently();
    const isNews = this.#take(first, topicNames, listener);
    this.#running = this.#run({ isNews, waitMs: first.heartbeatIntervalMs }, topicNames, listener);
  }

  /** The broker divides. */
  divideAgain(): boolean {
    return false;
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    const leave = async (): Promise<void> => {
      await this.#running;
      const epoch = this.#deps.options.instanceId === undefined ? EPOCH_LEAVE : EPOCH_LEAVE_FOR_SUCCESSOR;
      if (this.#epoch > EPOCH_JOIN) await this.#ask(epoch).catch(() => undefined);
      await this.#client.close(true);
    };
    await closeClient(this.#client, this.#deps.clock, leave);
  }

  /** Never rejects. */
  async #run(
    last: { isNews: boolean; waitMs: number },
    topicNames: ReadonlyMap<string, string>,
    listener: GroupListener,
  ): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#ended;
    try {
      for (;;) {
        // What was given up or taken is told at once.
        if (!last.isNews) await clock.sleepFor(last.waitMs, signal);
        if (signal.aborted) return;
        const answer = await this.#askPatiently();
        if (signal.aborted) return;
        last = { isNews: this.#take(answer, topicNames, listener), waitMs: answer.heartbeatIntervalMs };
      }
    } catch (error) {
      if (!signal.aborted) listener.onLost(error);
    }
  }

  /** True when the partitions are others than before. */
  #take(answer: Heartbeat, topicNames: ReadonlyMap<string, string>, listener: GroupListener): boolean {
    // The broker repeats the partitions whenever a heartbeat names them.
    const assignment = answer.assignment?.topicPartitions ?? this.#assignment;
    const isOther = keyOf(assignment) !== keyOf(this.#assignment);
    const isNews = isOther || answer.memberEpoch !== this.#epoch;
    this.#epoch = answer.memberEpoch;
    this.#assignment = assignment;
    if (!isNews) return false;
    const assigned = assignment.flatMap(({ topicId, partitions }) => {
      const topic = topicNames.get(topicId);
      return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }));
    });
    const membership = { memberId: this.#memberId, generation: this.#epoch, assigned, isGivenUpFirst: true };
    listener.onAssigned(membership);
    return isOther;
  }

  /** Asks again for about ten seconds. @throws `MR_KAFKA_FENCED`, and the last error of the client. */
  async #askPatiently(): Promise<Heartbeat> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#ask(this.#epoch);
      } catch (error) {
        if (FENCED.some((name) => isKafkaAnswer(error, name))) throw this.#fenced();
        const isWorthIt = MOVED.some((name) => isKafkaAnswer(error, name)) || isBroken(error);
        if (!isWorthIt || tries === JOIN_TRIES) throw error;
        await this.#deps.clock.sleepFor(JOIN_AGAIN_MS, this.#ended.signal);
        // The library keeps the coordinator that was found first.
        const old = this.#client;
        this.#client = this.#newClient();
        await closeClient(old, this.#deps.clock, () => old.close(true));
      }
    }
  }

  async #ask(epoch: number): Promise<Heartbeat> {
    const { group, topics, instanceId, sessionTimeoutMs } = this.#deps.options;
    const coordinator = await this.#client.findGroupCoordinator();
    const connection = (await this.#client.connectToBrokers([coordinator])).get(coordinator);
    if (connection === undefined) throw new Error(`the coordinator ${coordinator} of the group is unknown`);
    return await consumerGroupHeartbeatV1.api.async(
      connection,
      group,
      this.#memberId,
      epoch,
      instanceId ?? null,
      null,
      sessionTimeoutMs,
      [...topics],
      null,
      null,
      this.#assignment,
    );
  }

  #newClient(): Consumer {
    const client = new Consumer({ ...this.#deps.settings, groupId: this.#deps.options.group });
    guardErrors(client);
    return client;
  }

  #fenced(): Error {
    const { group, instanceId } = this.#deps.options;
    const message = `the group ${group} does not accept the member ${instanceId ?? this.#memberId}: another receiver has the same instanceId, a killed one has left the name until its session ends, or this process was silent for too long`;
    return kafkaError('MR_KAFKA_FENCED', message, { details: { group, instanceId } });
  }
}

/** @throws `MR_KAFKA_FAILED` for a broker without the protocol: such a broker would only break the connection. */
export function assertHeartbeats(apis: readonly ApiVersions[]): void {
  const { key, version } = consumerGroupHeartbeatV1.api;
  const isKnown = apis.some(({ apiKey, maxVersion }) => apiKey === key && maxVersion >= version);
  if (isKnown) return;
  const message =
    "expected brokers of Kafka 4.0 or newer for groupProtocol: 'consumer'; set groupProtocol to 'classic'";
  throw kafkaError('MR_KAFKA_FAILED', message);
}

function keyOf(assignment: Assignment): string {
  const topics = assignment.map(
    ({ topicId, partitions }) => `${topicId}/${partitions.toSorted((a, b) => a - b).join()}`,
  );
  return topics.toSorted().join(' ');
}

function isBroken(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === 'PLT_KFK_NETWORK' || code === 'PLT_KFK_TIMEOUT' || code === 'PLT_KFK_MULTIPLE';
}
