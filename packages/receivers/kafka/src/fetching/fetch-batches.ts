// Questions to the leaders of partitions: new batches, and the offsets at both ends.
import { isKafkaAnswer, whileElecting } from '@millrace/connection-kafka';
import type { Clock } from '@millrace/core';
import { type Consumer, FetchIsolationLevels } from '@platformatic/kafka';
import type { KafkaStart } from '../connection/topic-rules.ts';
import { type FetchedBatches, offsetBehind } from './delivered-records.ts';

/** The next wanted batch of a partition. */
export interface WantedBatches {
  /** The id of the topic. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

/** The news about one partition. */
export interface PartitionNews extends FetchedBatches {
  readonly topicId: string;
  readonly partition: number;
  /** The offset to ask for next; undefined without batches. */
  readonly next: number | undefined;
  /** The offset behind the newest record. */
  readonly end: number;
}

/** A question for batches. */
export interface FetchRequest {
  /** The leader of the partitions. */
  readonly node: number;
  readonly wanted: readonly WantedBatches[];
  readonly isolation: 'committed' | 'uncommitted';
  /** The largest number of bytes of the answer; one batch may be larger. */
  readonly maxBytes: number;
  /** The longest wait of the broker for news. */
  readonly waitMs: number;
}

/** A broker forgets a session of fetches after a refused one. */
const LOST_SESSION = ['FETCH_SESSION_ID_NOT_FOUND', 'INVALID_FETCH_SESSION_EPOCH'];
const SESSIONS_LOST_MAX = 3;

const EARLIEST = -2n;
const LATEST = -1n;

/**
 * The news of one broker; partitions without news are absent.
 *
 * @throws errors of the client, `OFFSET_OUT_OF_RANGE` among them.
 */
export async function fetchBatches(
  client: Consumer,
  clock: Clock,
  request: FetchRequest,
): Promise<readonly PartitionNews[]> {
  for (let lost = 0; ; lost += 1) {
    try {
      return await whileElecting(clock, () => fetchOnce(client, request));
    } catch (error) {
      const isLost = LOST_SESSION.some((name) => isKafkaAnswer(error, name));
      if (!isLost || lost === SESSIONS_LOST_MAX) throw error;
    }
  }
}

/** The offset of a start in a partition. @throws errors of the client. */
export async function offsetAt(
  client: Consumer,
  clock: Clock,
  {
    topic,
    partition,
    start,
  }: { readonly topic: string; readonly partition: number; readonly start: KafkaStart },
): Promise<number> {
  const offsetOf = async (timestamp: bigint): Promise<number> => {
    const asked = { topics: [topic], partitions: { [topic]: [partition] }, timestamp };
    const found = await whileElecting(clock, () => client.listOffsets(asked));
    return Number(found.get(topic)?.[partition] ?? -1);
  };
  if (start === 'earliest') return await offsetOf(EARLIEST);
  if (start === 'latest') return await offsetOf(LATEST);
  const found = await offsetOf(BigInt(start.timestampMs));
  // No record of that time or later: the next one will be.
  return found < 0 ? await offsetOf(LATEST) : found;
}

async function fetchOnce(
  client: Consumer,
  { node, wanted, isolation, maxBytes, waitMs }: FetchRequest,
): Promise<readonly PartitionNews[]> {
  const { responses } = await client.fetch({
    node,
    topics: wanted.map(({ topicId, partition, offset }) => ({
      topicId,
      partitions: [
        {
          partition,
          fetchOffset: BigInt(offset),
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
          partitionMaxBytes: maxBytes,
        },
      ],
    })),
    isolationLevel: FetchIsolationLevels[isolation === 'committed' ? 'READ_COMMITTED' : 'READ_UNCOMMITTED'],
    maxBytes,
    minBytes: 1,
    maxWaitTime: waitMs,
  });
  return responses.flatMap(({ topicId, partitions }) =>
    partitions.map(({ partitionIndex, records, abortedTransactions, highWatermark }) => ({
      topicId,
      partition: partitionIndex,
      batches: records ?? [],
      aborted: abortedTransactions ?? [],
      next: offsetBehind(records ?? []),
      end: Number(highWatermark),
    })),
  );
}
