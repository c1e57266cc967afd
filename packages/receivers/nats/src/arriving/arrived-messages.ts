// Messages between the connection and the engine. The connection delivers messages by a callback, which must never throw and
// cannot wait; the engine takes records as long as it has room.
//
//   callback ─► push ─► [ message message message ] ─► take ─► store ─false─► ready ─► take …
import type { Msg } from '@nats-io/transport-node';

/** Taken messages that are still referred to. */
const TAKEN_MAX = 1_024;

/** A message with its size, and what JetStream tells about its delivery. */
export interface ArrivedMessage<D = undefined> {
  readonly message: Msg;
  /** With subject and headers. */
  readonly bytes: number;
  readonly delivery: D;
}

/** A queue. Its bounds are those of the requests that fill it, or of its caller. */
export class ArrivedMessages<D = undefined> {
  #messages: ArrivedMessage<D>[] = [];
  #next = 0;
  #bytes = 0;
  #wake: PromiseWithResolvers<void> | undefined;

  /** The number of waiting messages. */
  get count(): number {
    return this.#messages.length - this.#next;
  }

  /** The bytes of waiting messages. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: ArrivedMessage<D>): void {
    this.#messages.push(message);
    this.#bytes += message.bytes;
    this.wake();
  }

  /** The oldest message; undefined when none waits. */
  take(): ArrivedMessage<D> | undefined {
    const message = this.#messages[this.#next];
    if (message === undefined) return undefined;
    this.#next += 1;
    this.#bytes -= message.bytes;
    if (this.#next === this.#messages.length) this.clear();
    else if (this.#next === TAKEN_MAX) {
      this.#messages = this.#messages.slice(TAKEN_MAX);
      this.#next = 0;
    }
    return message;
  }

  /** Drops everything that waits. */
  clear(): void {
    this.#messages = [];
    this.#next = 0;
    this.#bytes = 0;
  }

  /** Resolves when a message waits, or at `wake`. */
  async more(): Promise<void> {
    if (this.count > 0) return;
    this.#wake ??= Promise.withResolvers<void>();
    await this.#wake.promise;
  }

  /** Lets the waiting caller look again. */
  wake(): void {
    this.#wake?.resolve();
    this.#wake = undefined;
  }
}
