// Messages that wait for room in the engine, up to a number of bytes. What arrives beyond is dropped.
import type { IPublishPacket } from 'mqtt';
import { sizeOf } from '../decoding/message-decoder.ts';

/** A message costs some memory beside its bytes. */
const MESSAGE_BYTES = 256;

/** A bounded queue of messages. */
export class WaitingMessages {
  readonly #maxBytes: number;
  #messages: IPublishPacket[] = [];
  #next = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#next === this.#messages.length;
  }

  /** Puts a message at the end. False: there is no room, and the message is not in the queue. */
  add(message: IPublishPacket): boolean {
    const bytes = sizeOf(message) + MESSAGE_BYTES;
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    this.#messages.push(message);
    return true;
  }

  /** Takes the oldest message. */
  take(): IPublishPacket | undefined {
    const message = this.#messages[this.#next];
    if (message === undefined) return undefined;
    this.#next += 1;
    this.#bytes -= sizeOf(message) + MESSAGE_BYTES;
    // The front of the list is cut off now and then, not each time.
    if (this.#next * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#next);
      this.#next = 0;
    }
    return message;
  }
}
