// One consumer of a stream, kept in the memory of a server, and the requests for its messages. More messages are asked for while
// the earlier ones are used. The consumer says every second that it is there, and how much it has delivered; a silent one counts as
// gone, and so does one whose deliveries were lost on their way, as at a break of the connection.
import type { Clock, Timer } from '@millrace/core';
import type { NatsLink, LinkMessage, NatsSubscription } from '../link/nats-link.ts';
import { type ApiError, apiRefusal } from './api-refusal.ts';
import { askAgain } from './ask-again.ts';
import { deliveredMessage } from './stored-message.ts';
import type { StoredMessage } from './stream-shapes.ts';

/** Collaborators of a pull. */
export interface ConsumerPullDeps {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly stream: string;
  /** The subject on which messages come; of this pull alone. */
  readonly inbox: string;
}

const NANOS = 1_000_000;
const HEARTBEAT_MS = 1_000;
const SILENT_MS = 3_000;
/** The server removes a consumer that nobody asks. */
const INACTIVE_MS = 30_000;
const EXPIRES_MS = 20_000;
const ANSWER_MS = 5_000;
/** Messages and bytes that are asked for and have not come. */
const BATCH = { least: 16, most: 2_000, bytes: 4 * 1024 * 1024 };
/** Statuses in place of a message: the consumer is there; a request for messages has ended, with or without all of them. */
const HEARTBEAT = 100;
const REQUEST_OVER: ReadonlySet<number> = new Set([404, 408]);
const PENDING = 'Nats-Pending-Messages';
/** The number of messages that the consumer has delivered. */
const DELIVERED = 'Nats-Last-Consumer';

/** A consumer, until it is gone or closed. */
export class ConsumerPull {
  readonly #deps: ConsumerPullDeps;
  #subscription: NatsSubscription | undefined;
  #name = '';
  #arrived: StoredMessage[] = [];
  #arrivedBytes = 0;
  /** Messages that are asked for and have not come. */
  #asked = 0;
  #taken = 0;
  #batch = BATCH.least;
  #heardMs = 0;
  #watch: Timer | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(deps: ConsumerPullDeps) {
    this.#deps = deps;
  }

  /** Makes the consumer. @throws `MR_CLUSTER_REFUSED`, and errors of the link. */
  async open(from: number): Promise<void> {
    const { link, stream, inbox } = this.#deps;
    this.#subscription = link.subscribe(inbox, (message) => this.#take(message));
    const config = {
      deliver_policy: 'by_start_sequence',
      opt_start_seq: from,
      ack_policy: 'none',
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: INACTIVE_MS * NANOS,
    };
    const body = Buffer.from(JSON.stringify({ stream_name: stream, config }));
    const subject = `$JS.API.CONSUMER.CREATE.${stream}`;
    // The servers may place the consumer on a server that is cut off and is not known to be; a second one is placed anew.
    const { data } = await askAgain((timeoutMs) => link.request(subject, body, { timeoutMs }), ANSWER_MS);
    const { name, error } = JSON.parse(Buffer.from(data).toString()) as Created;
    if (name === undefined) throw apiRefusal(subject, error ?? {});
    this.#name = name;
    this.#heard();
    this.#watchSilence();
    this.#ask();
  }

  /** The messages that have come, at least one; none when the consumer is gone. */
  async take(): Promise<readonly StoredMessage[]> {
    while (this.#arrived.length === 0 && !this.#isOver)
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    const messages = this.#arrived;
    if (messages.length > 0) {
      const meanBytes = this.#arrivedBytes / messages.length + 1;
      this.#batch = Math.min(BATCH.most, Math.max(BATCH.least, Math.floor(BATCH.bytes / meanBytes)));
    }
    this.#arrived = [];
    this.#arrivedBytes = 0;
    this.#ask();
    return messages;
  }

  /** Ends the consumer. May be repeated. */
  close(): void {
    const { link, stream } = this.#deps;
    this.#end();
    this.#subscription?.unsubscribe();
    if (this.#name === '' || !link.isConnected) return;
    link.publish(`$JS.API.CONSUMER.DELETE.${stream}.${this.#name}`, new Uint8Array(0));
    this.#name = '';
  }

  #take(message: LinkMessage): void {
    this.#heard();
    const { status, headers } = message;
    const stored = status === undefined ? deliveredMessage(message) : undefined;
    if (stored !== undefined) {
      this.#asked -= 1;
      this.#taken += 1;
      this.#arrived.push(stored);
      this.#arrivedBytes += stored.data.byteLength;
    } else if (status !== undefined && REQUEST_OVER.has(status)) {
      this.#asked -= Number(headers?.[PENDING] ?? this.#asked);
      this.#ask();
    } else if (status !== HEARTBEAT || Number(headers?.[DELIVERED] ?? 0) > this.#taken) this.#end();
    this.#wake?.();
  }

  /** Asks for a batch as soon as half of a batch has come. */
  #ask(): void {
    const { link, stream, inbox } = this.#deps;
    if (this.#isOver || this.#asked > this.#batch / 2) return;
    const body = { batch: this.#batch, expires: EXPIRES_MS * NANOS, idle_heartbeat: HEARTBEAT_MS * NANOS };
    this.#asked += this.#batch;
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${this.#name}`;
    if (!link.publish(subject, Buffer.from(JSON.stringify(body)), { reply: inbox })) this.#end();
  }

  #heard(): void {
    this.#heardMs = this.#deps.clock.monotonicMs();
  }

  #watchSilence(): void {
    const { clock } = this.#deps;
    this.#watch = clock.after(HEARTBEAT_MS, () => {
      if (clock.monotonicMs() - this.#heardMs >= SILENT_MS) this.#end();
      else this.#watchSilence();
    });
  }

  #end(): void {
    this.#isOver = true;
    this.#watch?.cancel();
    this.#wake?.();
  }
}

interface Created {
  readonly name?: string;
  readonly error?: ApiError;
}
