// The bound on messages that are sent and not acknowledged. A link has no back-pressure of its own: without a bound, large blocks
// would fill the memory of the process while servers are slow. Waiting messages are sent in the order in which they came.

/** The sizes of a window. */
export interface SendWindowLimits {
  readonly messages: number;
  readonly bytes: number;
}

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** See the header of this file. */
export class SendWindow {
  readonly #limits: SendWindowLimits;
  readonly #waiting: Waiting[] = [];
  #messages = 0;
  #bytes = 0;

  constructor(limits: SendWindowLimits) {
    this.#limits = limits;
  }

  /** Messages in the window, for tests. */
  get messages(): number {
    return this.#messages;
  }

  /** Runs `send` once there is room; the room is free again when `send` has settled. A message above the limit goes alone. */
  async run<T>(bytes: number, send: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#hasRoom(bytes)) {
      await new Promise<void>((go) => {
        this.#waiting.push({ bytes, go });
      });
    } else this.#take(bytes);
    try {
      return await send();
    } finally {
      this.#messages -= 1;
      this.#bytes -= bytes;
      this.#admit();
    }
  }

  #admit(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#hasRoom(next.bytes);
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.go();
    }
  }

  #take(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }

  #hasRoom(bytes: number): boolean {
    if (this.#messages === 0) return true;
    return this.#messages < this.#limits.messages && this.#bytes + bytes <= this.#limits.bytes;
  }
}
