// A consumer of the fake, in the memory of one server: delivers messages of this server's replica to the requests that wait. A
// message that was purged before its turn is left out, without a word.
import type { Timer } from '@millrace/core';
import type { FakeNats } from '../fake-nats.ts';
import type { FakeStream } from './fake-stream.ts';

/** Settings of a consumer. */
export interface FakeConsumerOptions {
  readonly name: string;
  readonly server: string;
  readonly stream: FakeStream;
  readonly from: number;
  /** The server removes a consumer that nobody asks for this long, in ms. */
  readonly inactiveMs: number;
  readonly onRemoved: () => void;
}

/** A request for messages, in the JSON of the protocol; times in nanoseconds. */
export interface PullRequest {
  readonly batch?: number;
  readonly expires?: number;
  readonly idle_heartbeat?: number;
}

interface OpenPull {
  readonly inbox: string;
  readonly timers: Timer[];
  left: number;
}

const NANOS = 1_000_000;
const NOTHING = new Uint8Array(0);
const HEARTBEAT = 100;
const TIME_OUT = 408;

/** A consumer in memory. */
export class FakeConsumer {
  readonly #nats: FakeNats;
  readonly #options: FakeConsumerOptions;
  readonly #unlisten: () => void;
  readonly #pulls: OpenPull[] = [];
  #next: number;
  #delivered = 0;
  #idle: Timer | undefined;

  constructor(nats: FakeNats, options: FakeConsumerOptions) {
    this.#nats = nats;
    this.#options = options;
    this.#next = options.from;
    this.#unlisten = options.stream.onApplied(() => this.#deliver());
    this.#watchIdle();
  }

  get server(): string {
    return this.#options.server;
  }

  /** Takes a request for messages. */
  pull(inbox: string, { batch = 1, expires = 0, idle_heartbeat = 0 }: PullRequest): void {
    const pull: OpenPull = { inbox, left: batch, timers: [] };
    this.#watchIdle();
    this.#pulls.push(pull);
    this.#deliver();
    if (pull.left === 0) return;
    const { clock } = this.#nats;
    if (expires > 0) pull.timers.push(clock.after(expires / NANOS, () => this.#expire(pull)));
    if (idle_heartbeat > 0) this.#beat(pull, idle_heartbeat / NANOS);
  }

  /** Ends the consumer. Requests that wait hear nothing more. */
  end(): void {
    this.#unlisten();
    this.#idle?.cancel();
    for (const pull of this.#pulls.splice(0)) stopTimers(pull);
  }

  #watchIdle(): void {
    const { inactiveMs, onRemoved } = this.#options;
    this.#idle?.cancel();
    this.#idle = this.#nats.clock.after(inactiveMs, () => {
      if (this.#pulls.length > 0) return this.#watchIdle();
      this.end();
      onRemoved();
    });
  }

  #deliver(): void {
    const { server, stream, name } = this.#options;
    const replica = stream.replica(server);
    for (let pull = this.#pulls[0]; pull !== undefined && replica !== undefined; pull = this.#pulls[0]) {
      const message = replica.from(this.#next);
      if (message === undefined) return;
      this.#next = message.sequence + 1;
      this.#delivered += 1;
      pull.left -= 1;
      if (pull.left === 0) stopTimers(this.#pulls.shift());
      const { subject, sequence, data, headers } = message;
      const place = `${stream.config.name}.${name}.1.${sequence}.${this.#delivered}.0.0`;
      this.#nats.push(server, pull.inbox, { subject, data, headers, reply: `$JS.ACK.${place}` });
    }
  }

  #expire(pull: OpenPull): void {
    this.#pulls.splice(this.#pulls.indexOf(pull), 1);
    stopTimers(pull);
    this.#tell(pull, TIME_OUT, { 'Nats-Pending-Messages': String(pull.left) });
  }

  #beat(pull: OpenPull, everyMs: number): void {
    const timer = this.#nats.clock.after(everyMs, () => {
      if (!this.#pulls.includes(pull)) return;
      const [delivered, sequence] = [this.#delivered, this.#next - 1];
      this.#tell(pull, HEARTBEAT, {
        'Nats-Last-Consumer': `${delivered}`,
        'Nats-Last-Stream': `${sequence}`,
      });
      this.#beat(pull, everyMs);
    });
    pull.timers.push(timer);
  }

  #tell({ inbox }: OpenPull, status: number, headers?: Readonly<Record<string, string>>): void {
    this.#nats.push(this.server, inbox, { subject: inbox, data: NOTHING, status, headers });
  }
}

function stopTimers(pull: OpenPull | undefined): void {
  for (const timer of pull?.timers.splice(0) ?? []) timer.cancel();
}
