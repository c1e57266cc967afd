// The connection of a sink, made when needed. A connection that breaks, or on which a command gets no answer in time, is thrown
// away; the next command makes another one.
import { clientSettings, isAnswer, type RedisConnectionOptions } from '@millrace/connection-redis';
import { NodeStorage } from '@millrace/core';
import { createClient, type RedisClientOptions } from '@redis/client';
import { unusableTls } from './redis-sink-failure.ts';

/** A part of a command. */
export type CommandPart = string | Buffer;

/** An answer to a command. */
export type ServerReply = null | number | string | readonly ServerReply[];

type Client = ReturnType<typeof clientOf>;

/** The commands of one sink. */
export class RedisServerLink {
  readonly #settings: RedisClientOptions;
  #client: Promise<Client> | undefined;
  /** The client of that promise. */
  #current: Client | undefined;
  #isClosed = false;

  private constructor(settings: RedisClientOptions) {
    this.#settings = settings;
  }

  /** Makes no connection yet. Reads the files of `tls`. @throws `MR_SINK_REDIS_TLS_UNUSABLE` */
  static async create(options: RedisConnectionOptions): Promise<RedisServerLink> {
    return new RedisServerLink(await clientSettings(options, { storage: new NodeStorage(), unusableTls }));
  }

  /** The answer to a command. @throws errors of the client and of the server. */
  async command(parts: readonly CommandPart[]): Promise<ServerReply> {
    const client = await (this.#client ??= this.#connect());
    try {
      const answer: unknown = await client.sendCommand(parts);
      return answer as ServerReply;
    } catch (error) {
      if (!isAnswer(error)) this.#drop(client);
      throw error;
    }
  }

  /** Ends the connection; commands without an answer reject. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const connecting = this.#client;
    this.#client = undefined;
    const client = await connecting?.catch(() => undefined);
    client?.destroy();
  }

  async #connect(): Promise<Client> {
    const client = clientOf(this.#settings);
    this.#current = client;
    // Without a listener the end of a connection would end the process.
    client.on('error', () => this.#drop(client));
    try {
      await client.connect();
      if (this.#isClosed) client.destroy();
      return client;
    } catch (error) {
      this.#drop(client);
      throw error;
    }
  }

  #drop(client: Client): void {
    // Another connection may be in use already.
    if (this.#current === client) this.#client = undefined;
    client.destroy();
  }
}

function clientOf(settings: RedisClientOptions) {
  return createClient({ ...settings, RESP: 2 });
}
