// Connections in memory, for tests and simulations: a posted message is cloned as between threads, and arrives in order
// in a later turn. A carrier in between may delay, repeat or lose messages; then the carrier decides the order.
import { channelPeer } from './channel-peer.ts';
import type { Connector, Transport } from './transport.ts';

/** Receives every message and decides its arrival by calling `deliver`: once, twice, later or never. */
export type Carrier = (message: unknown, deliver: () => void) => void;

const inOrder: Carrier = (_message, deliver) => queueMicrotask(deliver);

/** One end of a connection in memory. */
export class MemoryEnd implements Transport {
  readonly #carry: Carrier;
  #other: MemoryEnd | undefined;
  #take: ((message: unknown, attachment?: unknown) => void) | undefined;
  #closed: (() => void) | undefined;
  /** Messages before the registration of a consumer. */
  #early: { readonly message: unknown; readonly attachment: unknown }[] = [];
  #isClosed = false;

  private constructor(carry: Carrier) {
    this.#carry = carry;
  }

  /** The two ends of a new connection. */
  static pair(carry: Carrier = inOrder): readonly [MemoryEnd, MemoryEnd] {
    const [one, two] = [new MemoryEnd(carry), new MemoryEnd(carry)];
    one.#other = two;
    two.#other = one;
    return [one, two];
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#send(structuredClone(message, { transfer: [...transfer] }));
  }

  postWith(message: object, attachment: unknown): void {
    this.#send(structuredClone(message), attachment);
  }

  onMessage(take: (message: unknown, attachment?: unknown) => void): void {
    this.#take = take;
    const early = this.#early;
    this.#early = [];
    for (const { message, attachment } of early) take(message, attachment);
  }

  onClose(closed: () => void): void {
    this.#closed = closed;
  }

  close(): void {
    this.#shut();
    if (this.#other !== undefined) this.#other.#shut();
  }

  #send(message: unknown, attachment?: unknown): void {
    const other = this.#other;
    if (this.#isClosed || other === undefined) return;
    this.#carry(message, () => other.#arrive(message, attachment));
  }

  #arrive(message: unknown, attachment: unknown): void {
    if (this.#isClosed) return;
    if (this.#take === undefined) this.#early.push({ message, attachment });
    else this.#take(message, attachment);
  }

  #shut(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    queueMicrotask(() => this.#closed?.());
  }
}

/** Connects in memory. */
export function memoryConnector(carry?: Carrier): Connector {
  return {
    pair: () => MemoryEnd.pair(carry),
    adopt: (attachment, service) => channelPeer(attachment as MemoryEnd, service),
  };
}
