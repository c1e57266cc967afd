// A connection between threads: a thin wrapper around the ports of worker_threads. All decisions about messages are
// made elsewhere, on `Transport`.
import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import { channelPeer } from './channel-peer.ts';
import type { Connector, Transport } from './transport.ts';

/** The posted object: the message with its attachment. */
interface Packet {
  readonly message: unknown;
  readonly attachment?: MessagePort;
}

/** The end of a connection to another thread. */
export class WorkerTransport implements Transport {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage({ message } satisfies Packet, transfer as readonly Transferable[]);
  }

  postWith(message: object, attachment: unknown): void {
    const port = attachment as MessagePort;
    this.#port.postMessage({ message, attachment: port } satisfies Packet, [port]);
  }

  onMessage(take: (message: unknown, attachment?: unknown) => void): void {
    this.#port.on('message', ({ message, attachment }: Packet) => take(message, attachment));
  }

  onClose(closed: () => void): void {
    this.#port.once('close', closed);
  }

  close(): void {
    this.#port.close();
  }
}

/** Connects threads. */
export const threadConnector: Connector = {
  pair: () => {
    const { port1, port2 } = new MessageChannel();
    return [port1, port2];
  },
  adopt: (attachment, service) => channelPeer(new WorkerTransport(attachment as MessagePort), service),
};
