// One partition of a topic as a source: answers of a broker, and the offsets at both ends. The client joins no group.
import {
  clientSettings,
  closeClient,
  guardErrors,
  type KafkaConnectionOptions,
} from '@millrace/connection-kafka';
import type { Clock, Logger, Storage } from '@millrace/core';
import { Consumer } from '@platformatic/kafka';
import { unusableTls } from '../connection/kafka-failure.ts';
import { assertNotCompacted, topicFacts } from '../connection/topic-facts.ts';
import type { KafkaStart } from '../connection/topic-rules.ts';
import { kafkaError } from '../kafka-errors.ts';
import type { PartitionReadingOptions } from './partition-options.ts';
import type { KafkaMessageOptions } from '../decoding/message-options.ts';
import type { FetchedBatches } from '../fetching/delivered-records.ts';
import { fetchBatches, offsetAt } from '../fetching/fetch-batches.ts';

/** An answer with new batches. */
export interface PartitionAnswer extends FetchedBatches {
  /** The offset to ask for next. */
  readonly next: number;
}

/** What a source needs of the options. */
export type SourceOptions = KafkaConnectionOptions &
  Pick<KafkaMessageOptions, 'isolation'> &
  Pick<PartitionReadingOptions, 'topic' | 'partition' | 'ranges' | 'create'> & {
    readonly partitionCount?: number | undefined;
    /** The largest number of bytes of one answer; one batch may be larger. */
    readonly maxBytes: number;
  };

/** The engine's ports of a source. */
export interface SourcePorts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
}

/** The longest wait of a broker for new records. The end of a connection ends the wait. */
const WAIT_MS = 500;

/** A partition of a topic. */
export class PartitionSource {
  /** The offset behind the newest record that a broker has told, for the lag. */
  end: number | undefined;
  #topicId = '';
  readonly #client: Consumer;
  readonly #options: SourceOptions;
  readonly #clock: Clock;

  private constructor(client: Consumer, options: SourceOptions, clock: Clock) {
    this.#client = client;
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Connects, and looks at the topic. `onClient` gets the source before any connection, to close the source at any time.
   *
   * @throws `MR_KAFKA_TOPIC_UNKNOWN`, `_PARTITIONS_DIFFER`, `_TOPIC_COMPACTED`, `_TLS_UNUSABLE`, and errors of the client.
   */
  static async open(
    options: SourceOptions,
    ports: SourcePorts,
    onClient: (source: PartitionSource) => void = () => undefined,
  ): Promise<PartitionSource> {
    const settings = await clientSettings(options, { storage: ports.storage, unusableTls });
    // The library requires a group; no group is joined.
    const client = new Consumer({ ...settings, groupId: 'millrace' });
    guardErrors(client);
    const source = new PartitionSource(client, options, ports.clock);
    onClient(source);
    const { topic, ranges, create } = options;
    client.topics.track(topic);
    const facts = await topicFacts(client, topic, { settings, ...ports, isCreated: create });
    source.#topicId = facts.id;
    source.#assertPartition(facts.partitionCount);
    if (ranges) await assertNotCompacted(topic, { settings, ...ports });
    return source;
  }

  /** Differs for a topic that was made anew under the same name. */
  get topicId(): string {
    return this.#topicId;
  }

  /**
   * The batches at an offset and behind; undefined when there are none yet.
   *
   * @throws errors of the client, `OFFSET_OUT_OF_RANGE` among them.
   */
  async fetch(offset: number): Promise<PartitionAnswer | undefined> {
    const { partition, isolation, maxBytes } = this.#options;
    const wanted = [{ topicId: this.#topicId, partition, offset }];
    // The library looks up the leader of a single partition.
    const request = { node: -1, wanted, isolation, maxBytes, waitMs: WAIT_MS };
    const [news] = await fetchBatches(this.#client, this.#clock, request);
    if (news === undefined) return undefined;
    this.end = news.end;
    const { batches, aborted, next } = news;
    return next === undefined ? undefined : { batches, aborted, next };
  }

  /** The offset of a start. @throws errors of the client. */
  async offsetAt(start: KafkaStart): Promise<number> {
    const { topic, partition } = this.#options;
    return await offsetAt(this.#client, this.#clock, { topic, partition, start });
  }

  /** Closes every connection; pending calls reject. May be repeated. */
  async close(): Promise<void> {
    await closeClient(this.#client, this.#clock, () => this.#client.close(true));
  }

  #assertPartition(found: number): void {
    const { topic, partition, partitionCount } = this.#options;
    const details = { topic, partition, partitions: found };
    if (partition >= found) {
      const message = `expected a partition ${partition} of the topic ${topic}, which has ${found} partitions, from 0`;
      throw kafkaError('MR_KAFKA_TOPIC_UNKNOWN', message, { details });
    }
    if (partitionCount === undefined || partitionCount === found) return;
    const message = `expected ${partitionCount} partitions of the topic ${topic}, got ${found}; correct the number in the program`;
    throw kafkaError('MR_KAFKA_PARTITIONS_DIFFER', message, {
      details: { ...details, expected: partitionCount },
    });
  }
}
