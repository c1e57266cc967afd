// The reading code, the only file with knowledge of the source: connects, yields one message after the other, and
// acknowledges messages at the source. The engine stores the messages, reports durable ones and applies back-pressure when
// storing is slow.
//
//   ─► take <queue> <window> [<token>]      at most <window> unacknowledged messages are sent
//   ◄─ {"id":1}                             a message is a line; its tag is its number on this connection, from 1
//   ─► done 1 2                             acknowledges messages; all others are redelivered on the next connection
import { on, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LineFramer } from '@millrace/core';
import type { AcknowledgedSource, Delivery, SourceContext } from './acknowledging-receiver.ts';
import type { SampleQueueOptions } from './sample-queue.options.ts';

/** One record: the object in a message. */
export type SampleQueueRecord = Readonly<Record<string, unknown>>;

/** The longest time for a queue to close the connection; afterwards the connection is broken off. */
const CLOSE_MS = 1_000;

/** Connects to the queue. Rejects when the queue is away, or the signal is aborted. */
export async function openSource(
  options: SampleQueueOptions,
  context: SourceContext,
): Promise<AcknowledgedSource<SampleQueueRecord>> {
  const { host, port, queue, window, token } = options;
  const socket = connect({ host, port, keepAlive: true });
  // Waiting code handles the errors of the socket; without any listener an error would end the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal: context.signal });
    if (isConnectedToItself(socket)) throw new Error(`nobody listens on port ${port}`);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.write(`${['take', queue, window, token ?? ''].join(' ').trimEnd()}\n`);
  return new QueueConnection({ socket, context, maxMessageBytes: options.maxMessageBytes });
}

interface ConnectionDeps {
  readonly socket: Socket;
  readonly context: SourceContext;
  readonly maxMessageBytes: number;
}

class QueueConnection implements AcknowledgedSource<SampleQueueRecord> {
  readonly #deps: ConnectionDeps;
  #lastTag = 0;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  async *deliveries(): AsyncGenerator<Delivery<SampleQueueRecord>> {
    const { socket, context, maxMessageBytes } = this.#deps;
    if (socket.destroyed) throw new Error('the queue has broken the connection');
    const cutter = new LineFramer({ maxLineBytes: maxMessageBytes });
    // While a chunk waits to be read the socket is paused, and the queue has to wait.
    const watch = { signal: context.signal, close: ['end', 'close'], highWaterMark: 1, lowWaterMark: 1 };
    for await (const [chunk] of on(socket, 'data', watch) as AsyncIterable<readonly [Buffer]>) {
      for (const piece of cutter.push(chunk)) {
        if (piece.kind === 'lines') yield* this.#deliver(piece.bytes);
        else this.#leaveOut(`is longer than ${maxMessageBytes} bytes`);
      }
    }
  }

  acknowledge(tags: readonly number[]): void {
    const { socket } = this.#deps;
    // After a broken connection the messages are redelivered on the next one.
    if (socket.writable) socket.write(`done ${tags.join(' ')}\n`);
  }

  async close(): Promise<void> {
    const { socket, context } = this.#deps;
    if (socket.closed) return;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const timer = context.clock.after(CLOSE_MS, () => socket.destroy());
    // Input still under way is read and dropped: closing over unread input would lose sent acknowledgements.
    socket.resume();
    socket.end();
    await closed;
    timer.cancel();
  }

  *#deliver(lines: Uint8Array): Generator<Delivery<SampleQueueRecord>> {
    for (const line of new TextDecoder().decode(lines).slice(0, -1).split('\n')) {
      const record = parse(line);
      if (record === undefined) {
        this.#leaveOut('is no JSON object');
      } else {
        this.#lastTag += 1;
        yield { tag: this.#lastTag, record };
      }
    }
  }

  /** A message that can never become a record is acknowledged; otherwise the queue would redeliver the message for ever. */
  #leaveOut(why: string): void {
    this.#lastTag += 1;
    this.#deps.context.reportError(`a message of the queue ${why}; it was left out`);
    this.acknowledge([this.#lastTag]);
  }
}

/**
 * TCP self-connection: for a connect to a port of this machine without a listener, the system chooses, once in some ten
 * thousand times, that very port as the local port, and TCP connects the socket to itself.
 */
function isConnectedToItself({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}

function parse(line: string): SampleQueueRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Invalid JSON: reported by the caller, like any other malformed message.
    return undefined;
  }
}
