// One live listener: a response of `text/event-stream`. A listener that does not read is cut off, so that a sleeping page
// costs no memory; its browser comes back by itself and begins with a new snapshot.
import type { ServerResponse } from 'node:http';

/** The most unread bytes of one listener. */
export const UNREAD_BYTES_MAX = 1_048_576;

/** The wait of a browser before it comes back, in milliseconds. */
const RETRY_MS = 1_000;

/** The content type of a live channel. */
export const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/** The answer to a request for `events`. */
export class EventStream {
  readonly #response: ServerResponse;

  /** @param headers Headers of the answer. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>) {
    this.#response = response;
    // The stream has no end of its own, and is idle for as long as the engine is.
    response.socket?.setTimeout(0);
    response.writeHead(200, {
      ...headers,
      'Content-Type': EVENT_STREAM,
      'Cache-Control': 'no-store, no-transform',
      // Proxies such as nginx collect an answer before they send it on.
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Calls back once, when the connection is gone. */
  onClose(listen: () => void): void {
    this.#response.once('close', listen);
  }

  /**
   * Writes bytes of events, which listeners share. A listener with more unread bytes than the bound is cut off instead,
   * and `onClose` tells.
   */
  write(bytes: Uint8Array): void {
    if (this.#response.writableLength > UNREAD_BYTES_MAX) this.#response.destroy();
    else this.#response.write(bytes);
  }

  /** Ends the answer. Resolves when the operating system has all of it, or the connection is gone. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#response.once('close', resolve);
      this.#response.end(resolve);
    });
  }
}

/** The bytes of one event. JSON has no line breaks, so that the data is one line. */
export function eventBytes(name: string, id: string, data: unknown): Buffer {
  return Buffer.from(`event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** A comment: keeps proxies from closing a quiet connection. */
export const COMMENT: Buffer = Buffer.from(': still here\n\n');
