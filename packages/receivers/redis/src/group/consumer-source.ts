// The commands of a consumer of a group. Two connections, because the server answers the commands of one connection in order,
// and waiting for entries takes long:
//
//   reader         waits for entries
//   acknowledger   everything else
//
// Commands go out as they are: the library's own reading of pending entries fails when one of them was removed from the stream.
import { answerWord } from '@millrace/connection-redis';
import { type ConnectionPorts, RedisConnection, type RedisReply } from '../connection/redis-connection.ts';
import { startId } from '../connection/stream-rules.ts';
import { entriesOf, entriesOfRead, type StreamEntry } from '../reading/stream-entries.ts';
import { redisError } from '../redis-errors.ts';
import type { RedisConsumerOptions } from './group-options.ts';

/** Entries of other consumers that were taken. */
export interface ClaimedEntries {
  readonly entries: readonly StreamEntry[];
  /** Entries that were removed from the stream. The server has forgotten them. */
  readonly lost: readonly string[];
  /** The place to go on from; undefined at the end. */
  readonly next: string | undefined;
}

/** The numbers of entries of a group without an acknowledgement. */
export interface PendingCounts {
  /** Of this consumer. */
  readonly own: number;
  /** Of all other consumers. */
  readonly others: number;
}

/** Entries in one command. */
const IDS_MAX = 2_000;
/** The start and the end of a search through pending entries. */
export const CLAIM_START = '0-0';

/** A consumer of a group. */
export class ConsumerSource {
  readonly #options: RedisConsumerOptions;
  readonly #reader: RedisConnection;
  readonly #acknowledger: RedisConnection;
  /** Rejected after the first failure: the connection is lost then. */
  #acknowledging: Promise<void> = Promise.resolve();

  private constructor(options: RedisConsumerOptions, reader: RedisConnection, acknowledger: RedisConnection) {
    this.#options = options;
    this.#reader = reader;
    this.#acknowledger = acknowledger;
  }

  /** Makes the connections, which are not open yet. @throws `MR_REDIS_TLS_UNUSABLE` */
  static async create(options: RedisConsumerOptions, ports: ConnectionPorts): Promise<ConsumerSource> {
    const reader = await RedisConnection.create(options, ports);
    return new ConsumerSource(options, reader, await RedisConnection.create(options, ports));
  }

  /** Connects, and finds or makes the group. @throws `MR_REDIS_STREAM_UNKNOWN`, `_GROUP_UNKNOWN`, errors of the client. */
  async open(): Promise<void> {
    await Promise.all([this.#reader.open(), this.#acknowledger.open()]);
    if (this.#options.create) await this.#createGroup();
    else await this.#assertGroup();
  }

  /** Calls when a connection is lost. */
  onLost(listener: (error: unknown) => void): void {
    this.#reader.onLost(listener);
    this.#acknowledger.onLost(listener);
  }

  /** The next new entries; none after waiting in vain. @throws errors of the client and of the server. */
  async next(count: number, blockMs: number): Promise<readonly StreamEntry[]> {
    const wait = ['BLOCK', String(blockMs)];
    return entriesOfRead(await this.#reader.command(this.#read(count, wait, '>')));
  }

  /** Entries that this consumer got before and has not acknowledged, behind an id. @throws like `next`. */
  async pending(count: number, behind: string): Promise<readonly StreamEntry[]> {
    return entriesOfRead(await this.#reader.command(this.#read(count, [], behind)));
  }

  /** The entries of the group without an acknowledgement. @throws like `next`. */
  async pendingCounts(): Promise<PendingCounts> {
    const { stream, group, consumer } = this.#options;
    const answer = await this.#acknowledger.command(['XPENDING', stream, group]);
    const [total, , , consumers] = answer as readonly [
      number,
      unknown,
      unknown,
      readonly RedisReply[][] | null,
    ];
    const own = Number((consumers ?? []).find(([name]) => String(name) === consumer)?.[1] ?? 0);
    return { own, others: total - own };
  }

  /** Takes entries of the group without an acknowledgement for a while, those of this consumer too. @throws like `next`. */
  async claim(count: number, from: string): Promise<ClaimedEntries> {
    const { stream, group, consumer, claimAfterMs } = this.#options;
    const command = [
      'XAUTOCLAIM',
      stream,
      group,
      consumer,
      String(claimAfterMs),
      from,
      'COUNT',
      String(count),
    ];
    const answer = await this.#acknowledger.command(command);
    const [next, entries, lost = []] = answer as readonly [Buffer, RedisReply, (readonly Buffer[])?];
    return {
      entries: entriesOf(entries),
      lost: lost.map((id) => id.toString('latin1')),
      next: next.toString('latin1') === CLAIM_START ? undefined : next.toString('latin1'),
    };
  }

  /** The number of entries that the group has not got yet; undefined when the server does not know. @throws like `next`. */
  async lag(): Promise<number | undefined> {
    const { stream, group } = this.#options;
    for (const fields of (await this.#acknowledger.command(['XINFO', 'GROUPS', stream])) as RedisReply[][]) {
      const valueOf = (name: string): RedisReply =>
        fields[fields.findIndex((field) => String(field) === name) + 1] ?? null;
      if (String(valueOf('name')) !== group) continue;
      const lag = valueOf('lag');
      return typeof lag === 'number' ? lag : undefined;
    }
    return undefined;
  }

  /** Acknowledges entries, however many, in one go; one call after the other. @throws like `next`. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    const acknowledging = this.#acknowledging.then(() => this.#acknowledge(ids));
    this.#acknowledging = acknowledging;
    await acknowledging;
  }

  /** Ends reading; a pending read rejects. */
  async closeReader(): Promise<void> {
    await this.#reader.close();
  }

  /** Ends both connections. The server keeps the consumer with its unacknowledged entries. */
  async close(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#acknowledger.close()]);
  }

  async #acknowledge(ids: readonly string[]): Promise<void> {
    const { stream, group } = this.#options;
    const answers: Promise<RedisReply>[] = [];
    for (let at = 0; at < ids.length; at += IDS_MAX)
      answers.push(this.#acknowledger.command(['XACK', stream, group, ...ids.slice(at, at + IDS_MAX)]));
    await Promise.all(answers);
  }

  #read(count: number, wait: readonly string[], behind: string): readonly string[] {
    const { stream, group, consumer } = this.#options;
    const reader = ['XREADGROUP', 'GROUP', group, consumer];
    return [...reader, 'COUNT', String(count), ...wait, 'STREAMS', stream, behind];
  }

  async #createGroup(): Promise<void> {
    const { stream, group, from } = this.#options;
    try {
      await this.#acknowledger.command(['XGROUP', 'CREATE', stream, group, startId(from), 'MKSTREAM']);
    } catch (error) {
      if (answerWord(error) !== 'BUSYGROUP') throw error;
    }
  }

  async #assertGroup(): Promise<void> {
    const { stream, group } = this.#options;
    const place = JSON.stringify(stream);
    const type = String(await this.#acknowledger.command(['TYPE', stream]));
    if (type !== 'stream') {
      const found = type === 'none' ? 'no such key' : `a key with a ${type}`;
      const message = `expected a stream ${place}, got ${found}; correct the name, create the stream, or set create`;
      throw redisError('MR_REDIS_STREAM_UNKNOWN', message, { details: { stream } });
    }
    const groups = (await this.#acknowledger.command(['XINFO', 'GROUPS', stream])) as readonly RedisReply[][];
    // The name is the first field of a group.
    if (groups.some(([, name]) => String(name) === group)) return;
    const message = `expected a group ${JSON.stringify(group)} of the stream ${place}; correct the name, create the group, or set create`;
    throw redisError('MR_REDIS_GROUP_UNKNOWN', message, { details: { stream, group } });
  }
}
