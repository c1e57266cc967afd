// One connection to a server, used until its first failure. A connection on which nothing moves for a while ends:
//
//   messages                              something moves
//   a third of the time without any       ping ─► pong, so that only a silent server ends the connection
//   ping ─► nothing …                     the connection ends
//
// While the connection is paused nobody reads, so silence means nothing.
import type { Clock, Storage } from '@millrace/core';
import { failureText, usableClientTls } from '@millrace/core/engine';
import type { Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { webSocketError } from './websocket-errors.ts';
import { addressOf, secretsOf, type WebSocketOptions } from './websocket.options.ts';

/** The engine's ports of a connection. */
export interface WebSocketPorts {
  readonly clock: Clock;
  readonly storage: Storage;
}

/** The reports of a connection. */
export interface WebSocketListener {
  readonly onMessage: (message: Buffer) => void;
  /** A connection that stood is lost, for the reason in the error. Called once, and not after `close`. */
  readonly onLost: (error: Error) => void;
}

const PINGS_IN_SILENCE = 3;
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** A connection. */
export class WebSocketConnection {
  readonly #socket: WebSocket;
  readonly #options: WebSocketOptions;
  readonly #clock: Clock;
  readonly #end = new AbortController();
  #tcp: Socket | undefined;
  #pinging: Promise<void> | undefined;
  #pong: PromiseWithResolvers<void> | undefined;
  #isOpen = false;
  #isOver = false;

  private constructor(socket: WebSocket, options: WebSocketOptions, clock: Clock) {
    this.#socket = socket;
    this.#options = options;
    this.#clock = clock;
    // Without a listener an error would end the process.
    socket.on('error', () => undefined);
  }

  /** Begins to connect. Reads the files of `tls`. @throws `MR_WEBSOCKET_TLS_UNUSABLE` */
  static async create(
    options: WebSocketOptions,
    { clock, storage }: WebSocketPorts,
  ): Promise<WebSocketConnection> {
    const settings = await clientSettings(options, storage);
    const socket = new WebSocket(options.url, [...(options.protocols ?? [])], settings);
    return new WebSocketConnection(socket, options, clock);
  }

  /** Resolves when the connection stands, and what is to be sent then has been sent. @throws `MR_WEBSOCKET_…` */
  async open(listener: WebSocketListener): Promise<void> {
    const opened = Promise.withResolvers<void>();
    const lose = (error: Error): void => {
      if (this.#isOver) return;
      if (this.#isOpen) listener.onLost(error);
      else opened.reject(error);
      void this.close();
    };
    this.#socket.binaryType = 'nodebuffer';
    this.#socket.on('upgrade', ({ socket }) => (this.#tcp = socket));
    this.#socket.on('message', (message) => listener.onMessage(message as Buffer));
    this.#socket.on('pong', () => this.#pong?.resolve());
    this.#socket.on('error', (error) => lose(this.#failure(error)));
    this.#socket.on('unexpected-response', (_, { statusCode }) => lose(this.#refused(statusCode)));
    this.#socket.on('close', (code) => lose(this.#closed(code)));
    this.#socket.on('open', () => {
      this.#isOpen = true;
      this.#watch(lose);
      for (const text of this.#options.onOpen ?? []) this.#socket.send(text);
      this.#pinging = this.#ping();
      opened.resolve();
    });
    await opened.promise;
  }

  /** Stops reading. Messages that are received already still come. */
  pause(): void {
    this.#tcp?.setTimeout(0);
    this.#socket.pause();
  }

  /** Goes on reading. */
  resume(): void {
    this.#tcp?.setTimeout(this.#options.silenceMs);
    this.#socket.resume();
  }

  /** Ends the connection at once. May be repeated. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#end.abort();
    this.#pong?.resolve();
    this.#socket.terminate();
    await this.#pinging;
  }

  #watch(lose: (error: Error) => void): void {
    const { silenceMs } = this.#options;
    const message = `no sign of life of ${addressOf(this.#options)} for ${silenceMs} ms`;
    this.#tcp?.setTimeout(silenceMs);
    this.#tcp?.on('timeout', () => lose(webSocketError('MR_WEBSOCKET_UNREACHABLE', message)));
  }

  /** One ping at a time, and none behind a ping without an answer: what is sent counts as moving, too. Never rejects. */
  async #ping(): Promise<void> {
    try {
      while (!this.#isOver) {
        await this.#clock.sleepFor(this.#options.silenceMs / PINGS_IN_SILENCE, this.#end.signal);
        if (this.#socket.isPaused) continue;
        this.#pong = Promise.withResolvers<void>();
        this.#socket.ping();
        await this.#pong.promise;
      }
    } catch {
      // The connection has ended, and the reason is told elsewhere.
    }
  }

  #failure(error: Error & { readonly code?: unknown }): Error {
    const { maxMessageBytes } = this.#options;
    if (error.code === TOO_LARGE) {
      const message = `expected messages of at most ${maxMessageBytes} bytes from ${addressOf(this.#options)}; raise maxMessageBytes`;
      return webSocketError('MR_WEBSOCKET_TOO_LARGE', message);
    }
    const reason = failureText(error, secretsOf(this.#options));
    return webSocketError(
      'MR_WEBSOCKET_UNREACHABLE',
      `could not read ${addressOf(this.#options)}: ${reason}`,
    );
  }

  #refused(status: number | undefined): Error {
    const message = `${addressOf(this.#options)} answered with the status ${status} instead of a connection`;
    return webSocketError('MR_WEBSOCKET_REFUSED', message, { details: { status } });
  }

  #closed(code: number): Error {
    const address = addressOf(this.#options);
    // No closing frame has come.
    if (code === 1_006)
      return webSocketError('MR_WEBSOCKET_UNREACHABLE', `the connection to ${address} broke`);
    return webSocketError('MR_WEBSOCKET_CLOSED', `${address} closed the connection with code ${code}`, {
      details: { code },
    });
  }
}

async function clientSettings(
  { headers, tls, maxMessageBytes, connectTimeoutMs }: WebSocketOptions,
  storage: Storage,
): Promise<ClientOptions> {
  const settings: ClientOptions = {
    headers: { ...headers },
    maxPayload: maxMessageBytes,
    handshakeTimeout: connectTimeoutMs,
    perMessageDeflate: false,
    followRedirects: false,
    // The decoder of values looks at bytes, whatever kind of message the server sends.
    skipUTF8Validation: true,
  };
  if (tls === undefined) return settings;
  const unusableTls = (message: string): Error => webSocketError('MR_WEBSOCKET_TLS_UNUSABLE', message);
  return { ...settings, ...(await usableClientTls(tls, { storage, unusableTls })) };
}
