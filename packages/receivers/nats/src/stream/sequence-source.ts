// The messages of a stream in order, from a sequence on: by a consumer without acknowledgements, which lives in the memory of
// the server as long as this reader asks. Its deliveries have numbers without a hole; a consumer that is gone is made again.
//
//   consumer from 101 ─► 1: 101   2: 102   3: 105 …        a hole in 1, 2, 3 means a lost delivery
//   heartbeat: 4 delivered                                 behind 3 the same: the lost delivery was the newest one
//   consumer is gone  ─► consumer from 106
import type { Clock } from '@millrace/core';
import { AckPolicy, type ConsumerConfig } from '@nats-io/jetstream';
import { nanos, type Msg } from '@nats-io/transport-node';
import { ArrivedMessages } from '../arriving/arrived-messages.ts';
import { messageBytes } from '../arriving/message-bytes.ts';
import { type Delivery, deliveryOf } from '../jetstream/delivery.ts';
import type { JetStreamLink } from '../jetstream/jetstream-link.ts';
import { type AskEnd, PullRequests } from '../jetstream/pull-requests.ts';
import { natsError } from '../nats-errors.ts';

/** What a source needs. */
export interface SequenceSourceDeps {
  readonly jetstream: JetStreamLink;
  readonly clock: Clock;
  readonly subjects: readonly string[] | undefined;
  readonly inboxPrefix: string;
  /** The largest number of waiting bytes; one message may be larger. */
  readonly maxBytes: number;
}

/** The place at which a source begins. */
export type SourceBeginning = Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_seq' | 'opt_start_time'>;

/** The server forgets a consumer that nobody asks for this long. */
const INACTIVE_MS = 300_000;
const ASK_MAX = 20_000;
/** The part of the bound that has to be free before the next request. */
const ROOM_PART = 2;
const ANY_BYTES = 1_073_741_824;

/** Reads one stream. */
export class SequenceSource {
  readonly arrived = new ArrivedMessages<Delivery>();
  /** Messages of the stream behind the newest one that came, as far as known. */
  pending: number | undefined;
  readonly #deps: SequenceSourceDeps;
  #consumer: string | undefined;
  #requests: PullRequests | undefined;
  #delivered = 0;
  #isTooLarge = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(deps: SequenceSourceDeps) {
    this.#deps = deps;
  }

  /** Begins, or begins anew without what still waits. The sequence from which the source reads. @throws errors of the client. */
  async begin(place: SourceBeginning): Promise<number> {
    const { jetstream, clock, subjects, inboxPrefix } = this.#deps;
    const { name, num_pending, delivered } = await jetstream.addConsumer({
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
      ...(subjects === undefined ? {} : { filter_subjects: [...subjects] }),
      ...place,
    });
    void this.#requests?.end().catch(() => undefined);
    this.arrived.clear();
    this.#consumer = name;
    this.#delivered = 0;
    this.#isTooLarge = false;
    this.#failure = undefined;
    this.pending = num_pending;
    const requests: PullRequests = new PullRequests({
      connection: jetstream.link.connection,
      clock,
      subject: jetstream.pullSubject(name),
      inboxPrefix,
      onMessage: (message) => this.#onMessage(message, requests),
      onEnded: (end) => this.#onEnded(end),
      onFailed: (error) => this.#fail(error),
      onHeartbeat: (delivered) => this.#onHeartbeat(delivered, requests),
      assertConsumer: async () => void (await jetstream.consumer(name)),
    });
    this.#requests = requests;
    return delivered.stream_seq + 1;
  }

  /** True when the next `ask` would make a request. */
  get mayAsk(): boolean {
    const hasRoom = this.arrived.bytes * ROOM_PART <= this.#deps.maxBytes;
    return this.#requests !== undefined && !this.#requests.isAsked && hasRoom;
  }

  /** Asks for what has room. */
  ask(messagesMax = ASK_MAX): void {
    if (!this.mayAsk) return;
    const isAlone = this.#isTooLarge && this.arrived.count === 0;
    const bytes = isAlone ? ANY_BYTES : this.#deps.maxBytes - this.arrived.bytes;
    this.#requests?.ask({ messages: isAlone ? 1 : Math.min(messagesMax, ASK_MAX), bytes });
  }

  /** The failure of the requests since the beginning. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** True when the consumer has delivered something. */
  get hasDelivered(): boolean {
    return this.#delivered > 0;
  }

  /** Ends reading. Never rejects. */
  async end(): Promise<void> {
    const { link } = this.#deps.jetstream;
    const requests = this.#requests;
    this.#requests = undefined;
    this.arrived.wake();
    if (link.connection.isClosed()) return;
    if (requests !== undefined) await link.settle(() => requests.end());
    if (this.#consumer !== undefined) await this.#deps.jetstream.removeConsumer(this.#consumer);
  }

  #onMessage(message: Msg, requests: PullRequests): void {
    if (requests !== this.#requests || this.#failure !== undefined) return;
    const delivery = deliveryOf(message.reply ?? '');
    this.#delivered += 1;
    if (delivery.consumerSequence !== this.#delivered) {
      const { consumerSequence } = delivery;
      return this.#fail(
        lost(`expected delivery ${this.#delivered} of the consumer, got ${consumerSequence}`),
      );
    }
    this.#isTooLarge = false;
    this.pending = delivery.pending;
    this.arrived.push({ message, bytes: messageBytes(message), delivery });
  }

  /** A heartbeat comes behind everything that the consumer has delivered before. */
  #onHeartbeat(delivered: number, requests: PullRequests): void {
    if (requests === this.#requests && delivered > this.#delivered)
      this.#fail(lost(`the consumer has delivered ${delivered} messages, ${this.#delivered} have come`));
  }

  #onEnded(end: AskEnd): void {
    if (end === 'too-large') this.#isTooLarge = true;
    this.arrived.wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.arrived.wake();
  }
}

function lost(text: string): Error {
  return natsError('MR_NATS_UNREACHABLE', text);
}
