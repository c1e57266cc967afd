// The member of a consumer group at the edge to the client library. Three clients, because Kafka answers the requests of one
// connection in order, and joining a group and waiting for records take long:
//
//   member      joins the group and sends heartbeats; joins again when the members change
//   committer   commits in a generation of our choice; the library's own commit goes on in a newer generation, when the
//               partition may belong to another member
//   reader      asks for batches and offsets
import { once } from 'node:events';
import type { Clock, Logger, Storage } from '@millrace/core';
import {
  type BaseOptions,
  type ClusterMetadata,
  Consumer,
  type ConsumerGroupJoinPayload,
} from '@platformatic/kafka';
import { clientSettings } from '../connection/client-settings.ts';
import { closeClient, guardErrors } from '../connection/close-client.ts';
import { isKafkaAnswer } from '../connection/kafka-failure.ts';
import { topicFacts } from '../connection/topic-facts.ts';
import type { KafkaStart } from '../connection/topic-rules.ts';
import { whileElecting } from '../connection/while-electing.ts';
import { fetchBatches, type FetchRequest, offsetAt, type PartitionNews } from '../fetching/fetch-batches.ts';
import { kafkaError } from '../kafka-errors.ts';
import type { Membership, TopicPartition } from './assigned-partitions.ts';
import type { KafkaGroupOptions } from './group-options.ts';
import type { CommittedOffset } from './offset-committer.ts';

/** The engine's ports of a client. */
export interface GroupPorts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
}

/** The reports of a client. */
export interface GroupListener {
  /** The group has given partitions to this member, in a new generation. */
  readonly onAssigned: (membership: Membership) => void;
  /** The member has lost the group for good. */
  readonly onLost: (error: unknown) => void;
}

/** Joining meets other members that join, and coordinators that move. */
const JOIN_TRIES = 40;
const JOIN_AGAIN_MS = 250;
const HEARTBEATS_A_SESSION = 3;
const HEARTBEAT_MAX_MS = 3_000;
/** The refusals of a commit because the members of the group change. */
const REBALANCING = [
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
];

/** A member of a consumer group. */
export class GroupClient {
  readonly #options: KafkaGroupOptions;
  readonly #ports: GroupPorts;
  readonly #settings: BaseOptions;
  readonly #member: Consumer;
  readonly #committer: Consumer;
  readonly #reader: Consumer;
  #topicNames: ReadonlyMap<string, string> = new Map();
  #membership: Membership | undefined;
  #isLeader = false;
  #partitionCounts = '';
  #isClosed = false;

  private constructor(options: KafkaGroupOptions, ports: GroupPorts, settings: BaseOptions) {
    const { group, instanceId, sessionTimeoutMs } = options;
    this.#options = options;
    this.#ports = ports;
    this.#settings = settings;
    const consumer = { ...settings, groupId: group };
    this.#member = new Consumer({
      ...consumer,
      retries: JOIN_TRIES,
      retryDelay: JOIN_AGAIN_MS,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MAX_MS, Math.ceil(sessionTimeoutMs / HEARTBEATS_A_SESSION)),
      ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
    });
    this.#committer = new Consumer(consumer);
    this.#reader = new Consumer(consumer);
    for (const client of [this.#member, this.#committer, this.#reader]) guardErrors(client);
  }

  /** Makes the clients. No connection is opened yet. @throws `MR_KAFKA_TLS_UNUSABLE` */
  static async create(options: KafkaGroupOptions, ports: GroupPorts): Promise<GroupClient> {
    return new GroupClient(options, ports, await clientSettings(options, ports.storage));
  }

  /**
   * Finds the topics and joins the group. Resolves when the group has decided; the decision goes to the listener.
   *
   * @throws `MR_KAFKA_TOPIC_UNKNOWN`, and errors of the client.
   */
  async join(listener: GroupListener): Promise<void> {
    const { topics, create } = this.#options;
    const names = new Map<string, string>();
    for (const topic of topics) {
      this.#reader.topics.track(topic);
      this.#member.topics.track(topic);
      const { id } = await topicFacts(this.#reader, topic, {
        settings: this.#settings,
        ...this.#ports,
        isCreated: create,
      });
      names.set(id, topic);
    }
    this.#topicNames = names;
    this.#member.on('consumer:group:join', (payload) => this.#onJoin(payload, listener));
    this.#member.on('error', (error) => this.#tellLost(listener, error));
    this.#member.on('consumer:heartbeat:stalled', ({ lastError }) => this.#tellLost(listener, lastError));
    await this.#member.joinGroup({});
  }

  /** The name of a topic. */
  topicOf(id: string): string | undefined {
    return this.#topicNames.get(id);
  }

  /**
   * The leader of each partition, and the ids of the topics. Joins the group again when a topic has got more partitions, as
   * far as this member is the one that divides the partitions.
   *
   * @throws errors of the client.
   */
  async metadata(): Promise<ClusterMetadata> {
    const metadata = await this.#reader.metadata({ topics: [...this.#options.topics] });
    const counts = [...metadata.topics.values()].map((topic) => topic.partitionsCount).join(' ');
    if (this.#partitionCounts !== '' && counts !== this.#partitionCounts && this.#isLeader) {
      this.#partitionCounts = '';
      this.#ports.log.info('topics have other numbers of partitions; the group divides again', {
        group: this.#options.group,
      });
      this.#member.joinGroup({}).catch((error: unknown) => this.#member.emit('error', error as Error));
    } else if (this.#partitionCounts === '') this.#partitionCounts = counts;
    return metadata;
  }

  /** New batches of partitions with one leader. @throws errors of the client. */
  async fetch(request: FetchRequest): Promise<readonly PartitionNews[]> {
    return await fetchBatches(this.#reader, this.#ports.clock, request);
  }

  /** The offset of a start. @throws errors of the client. */
  async offsetAt(place: TopicPartition, start: KafkaStart): Promise<number> {
    return await offsetAt(this.#reader, this.#ports.clock, { ...place, start });
  }

  /** The committed offset of each partition; undefined without one. @throws errors of the client. */
  async committed(places: readonly TopicPartition[]): Promise<readonly (number | undefined)[]> {
    if (places.length === 0) return [];
    const topics = Map.groupBy(places, ({ topic }) => topic);
    const asked = [...topics].map(([topic, some]) => ({
      topic,
      partitions: some.map(({ partition }) => partition),
    }));
    const found = await whileElecting(this.#ports.clock, () =>
      this.#reader.listCommittedOffsets({ topics: asked }),
    );
    return places.map(({ topic, partition }) => {
      const offset = Number(found.get(topic)?.[partition] ?? -1);
      return offset < 0 ? undefined : offset;
    });
  }

  /** Commits in the present generation, and in no other. @throws errors of the client. */
  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const membership = this.#membership;
    if (membership === undefined) return;
    const all = offsets.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset: BigInt(offset),
      leaderEpoch: -1,
    }));
    await whileElecting(this.#ports.clock, () => {
      this.#committer.memberId = membership.memberId;
      this.#committer.generationId = membership.generation;
      return this.#committer.commit({ offsets: all });
    });
  }

  /** True for the refusal of a commit because the members of the group change. */
  isRebalancing(error: unknown): boolean {
    return REBALANCING.some((name) => isKafkaAnswer(error, name));
  }

  /** Ends reading; pending calls reject. The member stays in the group, and may commit. */
  async closeReader(): Promise<void> {
    await closeClient(this.#reader, this.#ports.clock, () => this.#reader.close(true));
  }

  /** Leaves the group and closes everything. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.closeReader();
    await closeClient(this.#committer, this.#ports.clock, () => this.#committer.close(true));
    // A member with a name stays in the group: its successor takes over. The library leaves only over a connection.
    if (this.#options.instanceId !== undefined) await this.#disconnect();
    await closeClient(this.#member, this.#ports.clock, () => this.#member.close(true));
  }

  #onJoin(
    { memberId, generationId = 0, isLeader = false, assignments = [] }: ConsumerGroupJoinPayload,
    listener: GroupListener,
  ): void {
    if (this.#isClosed) return;
    const { instanceId, group } = this.#options;
    const isAnother = this.#membership !== undefined && this.#membership.memberId !== memberId;
    if (isAnother && instanceId !== undefined) {
      const message = `the group ${group} has removed the member ${instanceId}: another receiver has the same instanceId, or this process was silent for longer than sessionTimeoutMs`;
      return this.#tellLost(
        listener,
        kafkaError('MR_KAFKA_FENCED', message, { details: { group, instanceId } }),
      );
    }
    if (isAnother)
      this.#ports.log.warn('the group had removed this member; every partition begins again', { group });
    this.#isLeader = isLeader;
    const assigned = assignments.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    this.#membership = { memberId, generation: generationId, assigned };
    listener.onAssigned(this.#membership);
  }

  #tellLost(listener: GroupListener, error: unknown): void {
    if (!this.#isClosed) listener.onLost(error);
  }

  async #disconnect(): Promise<void> {
    const closed = [...this.#member.connections].map(async ([, { socket }]) => {
      if (socket === undefined || socket.closed) return;
      const ended = once(socket, 'close');
      socket.destroy();
      await ended;
    });
    await Promise.all(closed);
  }
}
