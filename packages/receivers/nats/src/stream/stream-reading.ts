// The reading of a stream: messages come in, records go out, in the order of sequences. Messages that limits of the stream have
// removed before they were read are a gap. The stream is asked for its first sequence before each request, and where the
// sequences of a stream without filter jump:
//
//   next 101, first sequence 101 or less ─► request ─► 101 102 107 ─► first sequence? 90: 103–106 were deleted one by one
//   next 101, first sequence 500         ─► gap                                        107: a gap
import type { ReceiverContext } from '@millrace/core';
import { hasRoom, type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import { DeliverPolicy } from '@nats-io/jetstream';
import type { ArrivedMessage } from '../arriving/arrived-messages.ts';
import { placeInStream } from '../decoding/malformed.ts';
import type { DecodeNatsMessage } from '../decoding/message-decoder.ts';
import type { Delivery } from '../jetstream/delivery.ts';
import type { SequenceSource } from './sequence-source.ts';
import type { StreamFacts } from './stream-facts.ts';
import type { StreamPosition, StreamRun } from './stream-position.ts';

/** Collaborators of a `StreamReading`. */
export interface StreamReadingDeps {
  readonly context: ReceiverContext<unknown>;
  readonly source: Pick<SequenceSource, 'arrived' | 'ask' | 'mayAsk' | 'begin' | 'failure' | 'hasDelivered'>;
  /** The stream as of now. */
  readonly facts: () => Promise<StreamFacts>;
  readonly decode: DecodeNatsMessage;
  readonly malformed: MalformedReaction;
  readonly stream: string;
  /** True for a reader of some subjects: its sequences jump. */
  readonly isFiltered: boolean;
  /** False for a stream that keeps the last messages of each subject: older ones are missing without a gap. */
  readonly hasGaps: boolean;
  readonly run: StreamRun;
  /** The sequence of the first wanted message. */
  readonly from: number;
}

/** The end of a run. */
export interface FoundGap {
  readonly facts: StreamFacts;
  /** For the message, for instance `the stream was made anew`. */
  readonly reason: string;
}

/** Reads one run of a stream. */
export class StreamReading {
  readonly #deps: StreamReadingDeps;
  #next: number;

  constructor(deps: StreamReadingDeps) {
    this.#deps = deps;
    this.#next = deps.from;
  }

  /** The sequence behind the last message that was stored or left out. */
  get next(): number {
    return this.#next;
  }

  /**
   * Reads a source that was begun, until the signal of the context is aborted, until a malformed message ends the receiver, or
   * up to a gap.
   *
   * @throws errors of the source.
   */
  async read(): Promise<FoundGap | undefined> {
    const { source, context } = this.#deps;
    while (!context.signal.aborted) {
      const arrived = source.arrived.take();
      if (arrived !== undefined) {
        const gap = this.#isJump(arrived.delivery) ? await this.#gap(arrived.delivery.sequence) : undefined;
        if (gap !== undefined) return gap;
        const outcome = this.#store(arrived);
        // No promise for each message: most messages have room.
        if (outcome === 'ended' || (outcome === 'full' && !(await hasRoom(this.#deps.context))))
          return undefined;
      } else if (source.failure !== undefined) await this.#beginAgain(source.failure.error);
      else if (source.mayAsk) {
        const gap = await this.#gap();
        if (gap !== undefined) return gap;
        source.ask();
      } else await source.arrived.more();
    }
    return undefined;
  }

  #isJump({ sequence }: Delivery): boolean {
    return sequence < this.#next || (sequence > this.#next && !this.#deps.isFiltered && this.#deps.hasGaps);
  }

  /** @param sequence That of the next message, if one has come. */
  async #gap(sequence?: number): Promise<FoundGap | undefined> {
    const facts = await this.#deps.facts();
    if (facts.created !== this.#deps.run.created)
      return { facts, reason: `the stream was made anew since message ${this.#next - 1} was read` };
    // The server has lost what it had confirmed, for instance with a disk, and counts again.
    if (sequence !== undefined && sequence < this.#next)
      return { facts, reason: `the stream has gone back from message ${this.#next - 1} to ${sequence}` };
    const isGap = this.#deps.hasGaps && facts.first > this.#next;
    return isGap ? { facts, reason: `the stream no longer has message ${this.#next}` } : undefined;
  }

  /** The server forgets a consumer that asked for nothing for long. A consumer that never delivered anything is not tried again. */
  async #beginAgain(error: unknown): Promise<void> {
    const { source, context } = this.#deps;
    if (!source.hasDelivered) throw error;
    context.log.info('reads a stream by another consumer', {
      stream: this.#deps.stream,
      sequence: this.#next,
    });
    await source.begin({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#next });
  }

  /** Stores or leaves out a message. `full`: the engine takes the next one after a wait. `ended`: the receiver ends. */
  #store({ message, bytes, delivery: { sequence } }: ArrivedMessage<Delivery>): 'stored' | 'full' | 'ended' {
    const { context, decode, malformed, stream, run, source } = this.#deps;
    const value = decode(message);
    let isWelcome = true;
    if (value instanceof MalformedValue) {
      if (!malformed.leaveOut(value, placeInStream(stream, sequence), { stream, sequence })) return 'ended';
    } else isWelcome = context.store(value, { sequence, run } satisfies StreamPosition, bytes);
    this.#next = sequence + 1;
    // A filtered reader asks for the first sequence before each request.
    if (!this.#deps.isFiltered) source.ask();
    return isWelcome ? 'stored' : 'full';
  }
}
