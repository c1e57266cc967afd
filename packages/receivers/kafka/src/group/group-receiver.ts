// The life of the receiver behind `kafkaGroup`. One object is one member of the group, from joining to leaving. Tokens of an
// earlier object are of partitions that this object has begun anew, so nothing of an earlier object reaches the group.
import type { Receiver, ReceiverContext } from '@millrace/core';
import { failureText, type MalformedReaction } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { kafkaFailure } from '../connection/kafka-failure.ts';
import { messageDecoder } from '../decoding/message-decoder.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { kafkaError } from '../kafka-errors.ts';
import { AssignedPartitions, type Membership } from './assigned-partitions.ts';
import { GroupClient } from './group-client.ts';
import type { KafkaGroupOptions } from './group-options.ts';
import { GroupReading, type GroupToken } from './group-reading.ts';
import { HeldRecords } from './held-records.ts';
import { OffsetCommitter } from './offset-committer.ts';
import { PartitionProgress } from './partition-progress.ts';
import { StoreGate } from './store-gate.ts';

/** The largest answer of a broker; several answers have room in the bound of bytes. */
const ANSWER_BYTES_MAX = 1_048_576;
const ANSWERS_IN_BOUND = 4;

/** Everything of one membership. */
interface Member {
  readonly context: ReceiverContext<unknown>;
  readonly client: GroupClient;
  readonly committer: OffsetCommitter;
  readonly malformed: MalformedReaction;
  readonly reading: GroupReading;
}

/** Reads topics as a member of a consumer group. */
export class GroupReceiver implements Receiver<unknown> {
  readonly #options: KafkaGroupOptions;
  readonly #assigned = new AssignedPartitions();
  readonly #held: HeldRecords;
  #member: Member | undefined;
  #isFailed = false;

  constructor(options: KafkaGroupOptions) {
    this.#options = options;
    this.#held = new HeldRecords({ maxRecords: options.maxInFlight, maxBytes: options.maxBytesInFlight });
  }

  /** Resolves when the group has given partitions to this member, which may be none. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const client = await GroupClient.create(this.#options, context);
      const member = this.#memberOf(context, client);
      this.#member = member;
      if (context.signal.aborted) return;
      // A join ends late or never while the coordinator is silent; a stop must not wait.
      await Promise.race([this.#join(member), aborted(context.signal)]);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('join the group', error);
    }
  }

  /** Commits once for all tokens. */
  async acknowledge(tokens: readonly unknown[]): Promise<void> {
    for (const { progress, offset, bytes } of tokens as readonly GroupToken[]) {
      progress.acknowledge(offset);
      this.#held.release(bytes);
    }
    this.#held.wake();
    try {
      await this.#flush();
    } catch (error) {
      throw this.#failure('commit', error);
    }
  }

  /** Ends reading. The member stays in the group until `closed`, so that acknowledgements are committed. */
  async stop(): Promise<void> {
    const member = this.#member;
    if (member === undefined) return;
    this.#held.wake();
    await member.client.closeReader();
    await member.reading.ended();
    member.malformed.end();
  }

  /** Commits the rest and leaves the group. */
  async closed(): Promise<void> {
    const member = this.#member;
    if (member === undefined) return;
    try {
      if (!this.#isFailed) await this.#flush();
    } catch (error) {
      // The records are read again.
      member.context.log.warn('could not commit before leaving the group', {
        group: this.#options.group,
        reason: failureText(error, [this.#options.password]),
      });
    }
    this.#assigned.leave();
    await member.client.close();
  }

  /** The records between the last stored one and the end, of all partitions of this member. */
  gauges(): ReceiverGauges {
    const { owned } = this.#assigned;
    const known = owned.flatMap(({ end, next }) => (end === undefined ? [] : Math.max(0, end - next)));
    return known.length < owned.length || known.length === 0
      ? {}
      : { lagRecords: known.reduce((sum, one) => sum + one, 0) };
  }

  #memberOf(context: ReceiverContext<unknown>, client: GroupClient): Member {
    const { isolation, maxBytesInFlight, onMalformed } = this.#options;
    const owned = () => this.#assigned.owned;
    const committer = new OffsetCommitter({
      owned,
      commit: (offsets) => client.commit(offsets),
      isRebalancing: (error) => client.isRebalancing(error),
    });
    const malformed = malformedReaction(context, onMalformed);
    const reading = new GroupReading({
      context,
      source: client,
      gate: new StoreGate(context),
      held: this.#held,
      malformed,
      decoderOf: (progress) => messageDecoder(this.#options, progress),
      isolation,
      answerBytes: Math.min(ANSWER_BYTES_MAX, Math.ceil(maxBytesInFlight / ANSWERS_IN_BOUND)),
      owned,
      onPassed: () => void this.#flush().catch((error: unknown) => this.#fail('commit', error)),
      onGap: (partitions) => this.#onGap(partitions),
      onFailure: (error) => this.#fail('read', error),
    });
    return { context, client, committer, malformed, reading };
  }

  async #join({ context, client }: Member): Promise<void> {
    const begun = Promise.withResolvers<void>();
    await client.join({
      onAssigned: (membership) => begun.resolve(this.#onAssigned(membership)),
      onLost: (error) => {
        begun.reject(error);
        this.#fail('stay in the group', error);
      },
    });
    await begun.promise;
    context.log.info('receiver joined a group', {
      group: this.#options.group,
      partitions: this.#assigned.owned.length,
    });
  }

  /** Begins what is new. Never rejects. */
  async #onAssigned(membership: Membership): Promise<void> {
    const member = this.#member;
    if (member === undefined) return;
    try {
      const added = this.#assigned.take(membership);
      const committed = await member.client.committed(added);
      const begun = await Promise.all(
        added.map(async (place, index) => {
          const known = committed[index];
          const from = known ?? (await member.client.offsetAt(place, this.#options.from));
          return new PartitionProgress(place.topic, place.partition, from, known);
        }),
      );
      if (!this.#assigned.begin(membership, begun)) return;
      await member.reading.look();
      // The beginnings of new partitions, and what another generation has refused.
      await this.#flush();
    } catch (error) {
      this.#fail('begin the partitions of the group', error);
    }
  }

  async #onGap(partitions: readonly PartitionProgress[]): Promise<void> {
    const member = this.#member;
    if (member === undefined) return;
    for (const progress of partitions) {
      const { topic, partition, next } = progress;
      const first = await member.client.offsetAt(progress, 'earliest');
      const message = `the topic no longer has offset ${next}, and ${topic}[${partition}] begins at offset ${first} now`;
      const error = kafkaError('MR_KAFKA_GAP', message, { details: { topic, partition, first } });
      if (this.#options.onGap === 'stop') {
        // Nothing may be stored any more: the records behind the gap would be committed.
        this.#isFailed = true;
        progress.fence();
        member.context.stop(`${message}; decide about the lost records, then set onGap to earliest`, error);
        throw error;
      }
      member.context.reportError(`${message}; the receiver goes on there`, error);
      progress.passed(first);
    }
  }

  async #flush(): Promise<void> {
    await this.#member?.committer.flush();
  }

  /** Requests a restart, once. */
  #fail(what: string, error: unknown): void {
    const context = this.#member?.context;
    if (this.#isFailed || context === undefined || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure(what, error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    return kafkaFailure(error, { what: `${what} ${this.#options.group}`, options: this.#options });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
