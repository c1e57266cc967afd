// The messages that a receiver leaves behind when its connection breaks, for the next receiver of this process. The subject of an
// acknowledgement names the message and not the connection, so the next connection may carry the word:
//
//   acknowledged in vain ─► +ACK at the next start: the record is durable, and does not come again
//   not acknowledged     ─► -NAK at the next start: the message comes again at once, not after the time for acknowledgements
//
// A -NAK is of no use, and a harm to another receiver of the consumer, once the server has sent the message again by itself.
/** The subjects of acknowledgements of one receiver, or of several one after the other. */
export interface LeftMessages {
  readonly acknowledged: readonly string[];
  readonly open: readonly string[];
}

/** Keeps messages between two receivers of one stream of the program. */
export class Handover {
  #acknowledged: string[] = [];
  #open: string[] = [];
  #leftMs = 0;

  /** @param nowMs Monotonic milliseconds. */
  leave({ acknowledged, open }: LeftMessages, nowMs: number): void {
    this.#acknowledged = [...this.#acknowledged, ...acknowledged];
    // What an earlier receiver has left open is older than the time of this one.
    this.#open = [...open];
    this.#leftMs = nowMs;
  }

  /** The messages to give word of; nothing is left afterwards. @param withinMs The age at which open messages count. */
  take(nowMs: number, withinMs: number): LeftMessages {
    const isFresh = nowMs - this.#leftMs < withinMs;
    const left = { acknowledged: this.#acknowledged, open: isFresh ? this.#open : [] };
    this.#acknowledged = [];
    this.#open = [];
    return left;
  }
}

const handovers = new WeakMap<object, Handover>();

/** The handover of all receivers with these options. */
export function handoverOf(options: object): Handover {
  const known = handovers.get(options);
  if (known !== undefined) return known;
  const made = new Handover();
  handovers.set(options, made);
  return made;
}
