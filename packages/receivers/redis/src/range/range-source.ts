// The commands of reading a stream by id, on one connection.
import { answerWord } from '@millrace/connection-redis';
import { type AnswerForm, type ConnectionPorts, RedisConnection } from '../connection/redis-connection.ts';
import {
  entriesOf,
  type ReplyEntry,
  type ReplyPart,
  replyEntriesOfRead,
  type StreamEntry,
} from '../reading/stream-entries.ts';
import { redisError } from '../redis-errors.ts';
import type { RedisStreamRangeOptions } from './range-options.ts';
import { stateOf, type StreamState } from './stream-state.ts';

/** Entries, and the stream at the same moment. */
export interface StreamAnswer {
  readonly entries: readonly ReplyEntry<ReplyPart>[];
  readonly state: StreamState;
}

/** A group that exists for a moment: only a group makes a stream without entries. */
const MAKING_GROUP = 'millrace-create';

/** A stream, read by id. */
export class RangeSource {
  readonly #stream: string;
  readonly #connection: RedisConnection;

  private constructor(stream: string, connection: RedisConnection) {
    this.#stream = stream;
    this.#connection = connection;
  }

  /** Makes the connection, which is not open yet. @throws `MR_REDIS_TLS_UNUSABLE` */
  static async create(options: RedisStreamRangeOptions, ports: ConnectionPorts): Promise<RangeSource> {
    return new RangeSource(options.stream, await RedisConnection.create(options, ports));
  }

  /** Connects, and finds or makes the stream. @throws `MR_REDIS_STREAM_UNKNOWN`, errors of the client. */
  async open(isCreated: boolean): Promise<void> {
    await this.#connection.open();
    const type = String(await this.#connection.command(['TYPE', this.#stream]));
    if (type === 'stream') return;
    if (type === 'none' && isCreated) return await this.#create();
    const found = type === 'none' ? 'no such key' : `a key with a ${type}`;
    const message = `expected a stream ${JSON.stringify(this.#stream)}, got ${found}; correct the name, create the stream, or set create`;
    throw redisError('MR_REDIS_STREAM_UNKNOWN', message, { details: { stream: this.#stream } });
  }

  /** Calls when the connection is lost. */
  onLost(listener: (error: unknown) => void): void {
    this.#connection.onLost(listener);
  }

  /** The stream at this moment. @throws errors of the client and of the server. */
  async state(): Promise<StreamState> {
    return stateOf(await this.#connection.command(['XINFO', 'STREAM', this.#stream]));
  }

  /** The entries behind an id, at once. @throws like `state`. */
  async behind(id: string, count: number, form: AnswerForm): Promise<StreamAnswer> {
    const commands = [
      ['XREAD', 'COUNT', String(count), 'STREAMS', this.#stream, id],
      ['XINFO', 'STREAM', this.#stream],
    ];
    const [entries = null, state = null] = await this.#connection.together(commands, form);
    return { entries: replyEntriesOfRead<ReplyPart>(entries), state: stateOf(state) };
  }

  /** Resolves when there is an entry behind an id, or after waiting in vain. @throws like `state`. */
  async wait(id: string, blockMs: number): Promise<void> {
    const command = ['XREAD', 'COUNT', '1', 'BLOCK', String(blockMs), 'STREAMS', this.#stream, id];
    await this.#connection.command(command);
  }

  /** Entries behind an id up to another one. @throws like `state`. */
  async between(behind: string, to: string, count: number): Promise<readonly StreamEntry[]> {
    const command = ['XRANGE', this.#stream, `(${behind}`, to, 'COUNT', String(count)];
    return entriesOf(await this.#connection.command(command));
  }

  /** Ends the connection; pending calls reject. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #create(): Promise<void> {
    try {
      await this.#connection.together([
        ['XGROUP', 'CREATE', this.#stream, MAKING_GROUP, '0', 'MKSTREAM'],
        ['XGROUP', 'DESTROY', this.#stream, MAKING_GROUP],
      ]);
    } catch (error) {
      // Another receiver makes the same stream.
      if (answerWord(error) !== 'BUSYGROUP') throw error;
    }
  }
}
