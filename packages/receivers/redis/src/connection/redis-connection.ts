// One connection to a server. The client connects once and never again: a failure goes to the engine, which restarts the
// receiver with growing delays. A connection on which nothing moves for a while ends:
//
//   command ─► answer                    something moves
//   a third of the time without commands PING ─► answer, so that only a silent server ends the connection
//   command ─► nothing …                 the connection ends
import { clientSettings, type RedisConnectionOptions } from '@millrace/connection-redis';
import type { Clock, Storage } from '@millrace/core';
import { createClient, type RedisClientOptions, RESP_TYPES } from '@redis/client';
import { unusableTls } from './redis-failure.ts';

/** An answer of the server. An error inside of the answer to EXEC is an `Error`. */
export type RedisReply = null | number | string | Buffer | Error | readonly RedisReply[];

/** A part of a command. */
export type Argument = string | Buffer;

/** The engine's ports of a connection. */
export interface ConnectionPorts {
  readonly clock: Clock;
  readonly storage: Storage;
}

/** Values of entries and messages are bytes; the answers of protocol 2 have one form on every server. */
const ANSWERS = {
  bytes: { [RESP_TYPES.BLOB_STRING]: Buffer },
  texts: { [RESP_TYPES.BLOB_STRING]: String },
} as const;

/**
 * The form of values in an answer. Texts of an answer cost less than bytes and texts of them; a character U+FFFD in a text may
 * stand for bytes that are not UTF-8.
 */
export type AnswerForm = keyof typeof ANSWERS;

const PINGS_IN_SILENCE = 3;

type Client = ReturnType<typeof clientOf>;

/** A connection that is used until its first failure. */
export class RedisConnection {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #socket: AbortController;
  #pinging: Promise<void> | undefined;
  #onLost: ((error: unknown) => void) | undefined;
  #lost: unknown;
  #isClosed = false;

  private constructor(client: Client, socket: AbortController, clock: Clock, silenceMs: number) {
    this.#client = client;
    this.#socket = socket;
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    // Without a listener the end of the connection would end the process.
    client.on('error', (error) => this.#lose(error));
  }

  /** Makes a connection that is not open yet. Reads the files of `tls`. @throws `MR_REDIS_TLS_UNUSABLE` */
  static async create(options: RedisConnectionOptions, ports: ConnectionPorts): Promise<RedisConnection> {
    const socket = new AbortController();
    const { storage, clock } = ports;
    const settings = await clientSettings(options, { storage, signal: socket.signal, unusableTls });
    return new RedisConnection(clientOf(settings), socket, clock, options.requestTimeoutMs);
  }

  /** Connects, and shows the password. @throws errors of the client and of the server. */
  async open(): Promise<void> {
    await this.#client.connect();
    // The library may finish a connection that was closed meanwhile.
    if (this.#isClosed) this.#client.destroy();
    else this.#pinging = this.#ping();
  }

  /** Calls once, when the connection is lost, also when it was lost before. */
  onLost(listener: (error: unknown) => void): void {
    if (this.#lost === undefined) this.#onLost = listener;
    else listener(this.#lost);
  }

  /** The answer to a command. @throws errors of the client and of the server. */
  async command(args: readonly Argument[], form: AnswerForm = 'bytes'): Promise<RedisReply> {
    const answer: unknown = await this.#client.sendCommand(args, { typeMapping: ANSWERS[form] });
    return answer as RedisReply;
  }

  /** The answers to commands that run together, without others in between. @throws like `command`. */
  async together(
    commands: readonly (readonly Argument[])[],
    form: AnswerForm = 'bytes',
  ): Promise<readonly RedisReply[]> {
    const answers = await Promise.all([
      this.command(['MULTI']),
      ...commands.map((args) => this.command(args)),
      this.command(['EXEC'], form),
    ]);
    const found = answers.at(-1) as readonly RedisReply[];
    const failed = found.find((answer) => answer instanceof Error);
    if (failed !== undefined) throw failed;
    return found;
  }

  /** Gives every message of channels and patterns to a listener. @throws errors of the client and of the server. */
  async subscribe(
    channels: readonly string[],
    patterns: readonly string[],
    listener: (message: Buffer, channel: Buffer) => void,
  ): Promise<void> {
    const asked: Promise<unknown>[] = [];
    if (channels.length > 0) asked.push(this.#client.subscribe([...channels], listener, true));
    if (patterns.length > 0) asked.push(this.#client.pSubscribe([...patterns], listener, true));
    await Promise.all(asked);
  }

  /** Ends the connection at once; commands without an answer reject. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#onLost = undefined;
    this.#socket.abort();
    this.#client.destroy();
    await this.#pinging;
  }

  #lose(error: unknown): void {
    if (this.#lost !== undefined || this.#isClosed) return;
    this.#lost = error;
    this.#onLost?.(error);
  }

  /** One PING at a time, and none behind a PING without an answer: what is sent counts as moving, too. Never rejects. */
  async #ping(): Promise<void> {
    try {
      for (;;) {
        await this.#clock.sleepFor(this.#silenceMs / PINGS_IN_SILENCE, this.#socket.signal);
        await this.#client.ping();
      }
    } catch (error) {
      this.#lose(error);
    }
  }
}

function clientOf(settings: RedisClientOptions) {
  return createClient({ ...settings, RESP: 2 });
}
