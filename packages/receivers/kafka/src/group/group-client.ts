// The member of a consumer group at the edge to the client library. Three clients, because Kafka answers the requests of one
// connection in order, and joining a group and waiting for records take long:
//
//   member      joins the group and sends heartbeats, by one of two protocols
//   committer   commits in a generation of our choice; the library's own commit goes on in a newer generation, when the
//               partition may belong to another member
//   reader      asks for batches and offsets
import {
  clientSettings,
  closeClient,
  guardErrors,
  isKafkaAnswer,
  whileElecting,
} from '@millrace/connection-kafka';
import type { Clock, Logger, Storage } from '@millrace/core';
import { type BaseOptions, type ClusterMetadata, Consumer } from '@platformatic/kafka';
import { unusableTls } from '../connection/kafka-failure.ts';
import { topicFacts } from '../connection/topic-facts.ts';
import type { KafkaStart } from '../connection/topic-rules.ts';
import { fetchBatches, type FetchRequest, offsetAt, type PartitionNews } from '../fetching/fetch-batches.ts';
import type { Membership, TopicPartition } from './assigned-partitions.ts';
import { ClassicMember } from './classic-member.ts';
import type { GroupListener, GroupMember } from './group-member.ts';
import type { KafkaGroupOptions } from './group-options.ts';
import { HeartbeatMember } from './heartbeat-member.ts';
import type { CommittedOffset } from './offset-committer.ts';

/** The engine's ports of a client. */
export interface GroupPorts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
}

/** The refusals of a commit because the members of the group change. */
const REBALANCING = [
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'STALE_MEMBER_EPOCH',
  'FENCED_MEMBER_EPOCH',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
];

/** A member of a consumer group. */
export class GroupClient {
  readonly #options: KafkaGroupOptions;
  readonly #ports: GroupPorts;
  readonly #settings: BaseOptions;
  readonly #member: GroupMember;
  readonly #committer: Consumer;
  readonly #reader: Consumer;
  #topicNames: ReadonlyMap<string, string> = new Map();
  #membership: Membership | undefined;
  #partitionCounts = '';

  private constructor(options: KafkaGroupOptions, ports: GroupPorts, settings: BaseOptions) {
    this.#options = options;
    this.#ports = ports;
    this.#settings = settings;
    const consumer = { ...settings, groupId: options.group };
    const deps = { options, settings, clock: ports.clock, log: ports.log };
    this.#member = options.groupProtocol === 'consumer' ? new HeartbeatMember(deps) : new ClassicMember(deps);
    this.#committer = new Consumer(consumer);
    this.#reader = new Consumer(consumer);
    for (const client of [this.#committer, this.#reader]) guardErrors(client);
  }

  /** Makes the clients. No connection is opened yet. @throws `MR_KAFKA_TLS_UNUSABLE` */
  static async create(options: KafkaGroupOptions, ports: GroupPorts): Promise<GroupClient> {
    return new GroupClient(
      options,
      ports,
      await clientSettings(options, { storage: ports.storage, unusableTls }),
    );
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
      const { id } = await topicFacts(this.#reader, topic, {
        settings: this.#settings,
        ...this.#ports,
        isCreated: create,
      });
      names.set(id, topic);
    }
    this.#topicNames = names;
    await this.#member.join(names, {
      ...listener,
      onAssigned: (membership) => {
        this.#membership = membership;
        listener.onAssigned(membership);
      },
    });
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
    const isOther = this.#partitionCounts !== '' && counts !== this.#partitionCounts;
    if (isOther && this.#member.divideAgain()) {
      this.#partitionCounts = '';
      this.#ports.log.info('topics have other numbers of partitions; the group divides again', {
        group: this.#options.group,
      });
    } else if (this.#partitionCounts === '') this.#partitionCounts = counts;
    return metadata;
  }

  /** New batches of partitions with one leader. @throws errors of the client. */
  async fetch(request: FetchRequest): Promise<readonly PartitionNews[]> {
    return await fetchBatches(this.#reader, this.#ports.clock, request);
  }

  /** The offset of a start. @throws errors of the client. */
  async offsetAt(place: TopicPartition, start: KafkaStart): Promise<number> {
    await this.#know(place);
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
    await this.closeReader();
    await closeClient(this.#committer, this.#ports.clock, () => this.#committer.close(true));
    await this.#member.close();
  }

  /** Asks for the leaders again when the broker has given a partition that is newer than the last answer. */
  async #know({ topic, partition }: TopicPartition): Promise<void> {
    const { topics } = await this.#reader.metadata({ topics: [topic] });
    if ((topics.get(topic)?.partitionsCount ?? 0) > partition) return;
    await this.#reader.metadata({ topics: [topic], forceUpdate: true });
  }
}
