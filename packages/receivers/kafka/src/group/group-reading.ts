// The reading of the partitions of a member. Each leader of partitions is asked by a lane of its own, one question at a time:
//
//   lane of broker 1    room for an answer ─► fetch(partitions led by 1) ─► store … ─► room …
//   lane of broker 2    …
//
// A lane ends without partitions. Records of a partition that was given away are left out, also in the middle of an answer.
import type { ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import type { ClusterMetadata, KafkaRecord } from '@platformatic/kafka';
import { leaveMessageOut } from '../decoding/malformed.ts';
import type { DecodeMessage } from '../decoding/message-decoder.ts';
import { DeliveredRecords } from '../fetching/delivered-records.ts';
import type { FetchRequest, PartitionNews } from '../fetching/fetch-batches.ts';
import type { AnswerRoom, HeldRecords } from './held-records.ts';
import type { PartitionProgress } from './partition-progress.ts';
import type { StoreGate } from './store-gate.ts';

/** The token of a stored record. */
export interface GroupToken {
  readonly progress: PartitionProgress;
  readonly offset: number;
  readonly bytes: number;
}

/** The source of a reading. */
export interface GroupSource {
  metadata(): Promise<ClusterMetadata>;
  fetch(request: FetchRequest): Promise<readonly PartitionNews[]>;
}

/** Collaborators of a `GroupReading`. */
export interface GroupReadingDeps {
  readonly context: Pick<ReceiverContext<unknown>, 'signal'>;
  readonly source: GroupSource;
  readonly gate: StoreGate;
  readonly held: HeldRecords;
  readonly malformed: MalformedReaction;
  readonly decoderOf: (progress: PartitionProgress) => DecodeMessage;
  readonly isolation: 'committed' | 'uncommitted';
  /** The bytes of one answer. */
  readonly answerBytes: number;
  /** The progress of the partitions of this member. */
  readonly owned: () => readonly PartitionProgress[];
  /** Records were left out, so that there may be an offset to commit without an acknowledgement. */
  readonly onPassed: () => void;
  /** The offsets of these partitions are gone. Changes their progress, or ends the receiver. */
  readonly onGap: (partitions: readonly PartitionProgress[]) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** The longest wait of a broker for news; a new partition waits as long. */
const WAIT_MS = 250;

/** Reads the partitions of a member until the signal is aborted. */
export class GroupReading {
  readonly #deps: GroupReadingDeps;
  readonly #lanes = new Map<number, Promise<void>>();
  readonly #decoders = new WeakMap<PartitionProgress, DecodeMessage>();
  #isEnded = false;

  constructor(deps: GroupReadingDeps) {
    this.#deps = deps;
  }

  /** Starts the lanes that are missing. To be called when partitions were assigned. */
  async look(): Promise<void> {
    try {
      if (this.#isOver) return;
      this.#startLanes(await this.#deps.source.metadata());
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when no lane runs any more. */
  async ended(): Promise<void> {
    this.#isEnded = true;
    this.#deps.held.wake();
    await Promise.all(this.#lanes.values());
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#deps.context.signal.aborted;
  }

  #startLanes(metadata: ClusterMetadata): void {
    const nodes = new Set(this.#deps.owned().map((progress) => leaderOf(metadata, progress)));
    for (const node of nodes) {
      if (node === undefined || this.#lanes.has(node) || this.#isOver) continue;
      const lane = this.#runLane(node).finally(() => this.#lanes.delete(node));
      this.#lanes.set(node, lane);
    }
  }

  /** Never rejects. */
  async #runLane(node: number): Promise<void> {
    try {
      while (!this.#isOver) {
        const metadata = await this.#deps.source.metadata();
        // Partitions of this member may have got another leader.
        this.#startLanes(metadata);
        const mine = this.#deps.owned().filter((progress) => leaderOf(metadata, progress) === node);
        if (mine.length === 0) return;
        await this.#ask(node, metadata, mine);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #ask(node: number, metadata: ClusterMetadata, mine: readonly PartitionProgress[]): Promise<void> {
    const { held, isolation, answerBytes, context } = this.#deps;
    const room = await held.answer(answerBytes, context.signal);
    try {
      if (this.#isOver) return;
      const wanted = mine.map(({ topic, partition, next }) => ({
        topicId: metadata.topics.get(topic)?.id ?? '',
        partition,
        offset: next,
      }));
      const request = { node, wanted, isolation, maxBytes: answerBytes, waitMs: WAIT_MS };
      const answer = await this.#newsOf(request, mine);
      for (const news of answer) await this.#store(progressOf(news, metadata, mine), news, room);
    } finally {
      held.done(room);
    }
  }

  /** Nothing when offsets of partitions are gone; the next question asks from elsewhere. */
  async #newsOf(
    request: FetchRequest,
    mine: readonly PartitionProgress[],
  ): Promise<readonly PartitionNews[]> {
    try {
      return await this.#deps.source.fetch(request);
    } catch (error) {
      const gone = outOfRange(error).flatMap(({ topicId, partition }) => {
        const index = request.wanted.findIndex(
          (one) => one.topicId === topicId && one.partition === partition,
        );
        return mine[index] ?? [];
      });
      if (gone.length === 0 || this.#isOver) throw error;
      await this.#deps.onGap(gone.filter(({ isFenced }) => !isFenced));
      return [];
    }
  }

  async #store(
    progress: PartitionProgress | undefined,
    news: PartitionNews,
    room: AnswerRoom,
  ): Promise<void> {
    if (progress === undefined || progress.isFenced) return;
    progress.end = news.end;
    const records = new DeliveredRecords(news, progress.next);
    const decode = this.#decoderOf(progress);
    const timeOf = (message: KafkaRecord): number => records.timestampMs(message);
    const { gate, held, malformed } = this.#deps;
    for (let message = records.next(); message !== undefined; message = records.next()) {
      if (gate.isShut || !held.hasRoom) await this.#room();
      if (progress.isFenced || this.#isOver) return;
      const { offset } = records;
      const value = decode(message, offset, timeOf);
      if (value instanceof MalformedValue) {
        if (
          !leaveMessageOut(malformed, value, { topic: progress.topic, partition: progress.partition, offset })
        )
          return this.#end();
        progress.passed(offset + 1);
        continue;
      }
      const token: GroupToken = { progress, offset, bytes: message.length };
      progress.stored(offset);
      held.store(message.length, room);
      gate.store(value, token, message.length);
    }
    if (news.next !== undefined && !progress.isFenced) progress.passed(news.next);
    if (progress.isDirty) this.#deps.onPassed();
  }

  /** Waits until a record may be stored, or until the end. */
  async #room(): Promise<void> {
    const { gate, held, context } = this.#deps;
    while ((gate.isShut || !held.hasRoom) && !this.#isOver) {
      await gate.opened();
      await held.room(context.signal);
    }
  }

  #decoderOf(progress: PartitionProgress): DecodeMessage {
    const known = this.#decoders.get(progress);
    if (known !== undefined) return known;
    const decode = this.#deps.decoderOf(progress);
    this.#decoders.set(progress, decode);
    return decode;
  }

  /** Ends every lane: a malformed message has ended the receiver. */
  #end(): void {
    this.#isEnded = true;
    this.#deps.held.wake();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#end();
    this.#deps.onFailure(error);
  }
}

function leaderOf(metadata: ClusterMetadata, { topic, partition }: PartitionProgress): number | undefined {
  const leader = metadata.topics.get(topic)?.partitions[partition]?.leader;
  return leader === undefined || leader < 0 ? undefined : leader;
}

function progressOf(
  { topicId, partition }: PartitionNews,
  metadata: ClusterMetadata,
  mine: readonly PartitionProgress[],
): PartitionProgress | undefined {
  return mine.find((one) => one.partition === partition && metadata.topics.get(one.topic)?.id === topicId);
}

const OFFSET_OUT_OF_RANGE = 1;

interface RefusedAnswer {
  readonly responses: readonly {
    readonly topicId: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
  }[];
}

/** The partitions whose offsets a broker does not have; empty for any other error. */
function outOfRange(error: unknown): readonly { readonly topicId: string; readonly partition: number }[] {
  const { response } = Object(error) as { readonly response?: RefusedAnswer };
  return (response?.responses ?? []).flatMap(({ topicId, partitions }) =>
    partitions.flatMap(({ partitionIndex, errorCode }) =>
      errorCode === OFFSET_OUT_OF_RANGE ? { topicId, partition: partitionIndex } : [],
    ),
  );
}
