// The sink itself: rows and their place in the ledger in one call of the script.
import { batchId, coreError, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import { createHash } from 'node:crypto';
import { isAnswer, placeOf } from '@millrace/connection-redis';
import { RedisServerLink, type ServerReply } from './connection/redis-server-link.ts';
import { redisSinkFailure } from './connection/redis-sink-failure.ts';
import { redisSinkError } from './redis-sink-errors.ts';
import type { RedisSinkOptions } from './redis-sink.options.ts';
import { rowChunks } from './rows/row-chunks.ts';
import { LEDGER_SCRIPT, type ScriptAnswer } from './writing/ledger-script.ts';
import { ledgerKeys, type ScriptCall, scriptArguments } from './writing/script-call.ts';

/** Attempts at one call, while its rows are in memory: a connection broke, and the ledger tells what was written. */
const ATTEMPTS_MAX = 3;
const SCRIPT_HASH = createHash('sha1').update(LEDGER_SCRIPT).digest('hex');

/** Writes partitions as rows. */
export class RedisRowsSink<T> implements Sink<T> {
  readonly name = 'redis';
  readonly capabilities: SinkCapabilities = Object.freeze({ delivery: 'effectively-once' });
  readonly #options: RedisSinkOptions;
  readonly #row: ((record: T) => unknown) | undefined;
  /** The newest confirmed write of each output operation; the program bounds their number. */
  readonly #confirmed = new Map<string, SinkWrite>();
  #link: RedisServerLink | undefined;
  #isClosed = false;

  constructor(options: RedisSinkOptions, row: ((record: T) => unknown) | undefined) {
    this.#options = options;
    this.#row = row;
  }

  /**
   * Connects, and looks whether the server keeps keys.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_REDIS_UNREACHABLE`, `_DENIED`, `_TLS_UNUSABLE`, `_EVICTS`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#link !== undefined) return;
    const link = await RedisServerLink.create(this.#options);
    try {
      await assertKeepsKeys(link);
      this.#link = link;
    } catch (error) {
      await link.close();
      throw this.#failure(error, 'open the sink');
    }
  }

  /**
   * Writes one partition, as far as the ledger does not contain it.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_REPARTITIONED`, `MR_SINK_REDIS_…`
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw this.#notOpen();
    const { as, rowsAtOnce } = this.#options;
    const [operation] = ledgerKeys(this.#options, write);
    for (const chunk of rowChunks(records, { as, rowsAtOnce, row: this.#row, write })) {
      const last = this.#confirmed.get(operation);
      const answer = await this.#call(link, { write, chunk, last });
      if (answer[0] === 'known') break;
      if (answer[0] !== 'written') throw refusal(answer, { write, chunk, last });
    }
    this.#confirmed.set(operation, write);
  }

  /** Closes the connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const link = this.#link;
    this.#link = undefined;
    await link?.close();
  }

  async #call(link: RedisServerLink, call: ScriptCall): Promise<ScriptAnswer> {
    const args = scriptArguments(this.#options, call);
    for (let attempts = 1; ; attempts += 1) {
      try {
        return (await runScript(link, args)) as unknown as ScriptAnswer;
      } catch (error) {
        if (isAnswer(error) || attempts === ATTEMPTS_MAX || this.#isClosed)
          throw this.#failure(error, `write partition ${call.write.partition}`, { ...call.write });
      }
    }
  }

  #failure(error: unknown, what: string, details: Readonly<Record<string, unknown>> = {}): Error {
    return redisSinkFailure(error, { what, options: this.#options, details });
  }

  #notOpen(): Error {
    const place = placeOf(this.#options);
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}

/** The server knows the script by its hash, until the server starts again. */
async function runScript(link: RedisServerLink, args: readonly (string | Buffer)[]): Promise<ServerReply> {
  try {
    return await link.command(['EVALSHA', SCRIPT_HASH].concat(args as string[]));
  } catch (error) {
    if (!isAnswer(error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await link.command(['EVAL', LEDGER_SCRIPT].concat(args as string[]));
  }
}

async function assertKeepsKeys(link: RedisServerLink): Promise<void> {
  const memory = String(await link.command(['INFO', 'memory']));
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  const isBounded = !/^maxmemory:0\s*$/m.test(memory);
  if (!isBounded || !policy.startsWith('allkeys')) return;
  const message = `expected a server that removes no keys without an expiry, got maxmemory-policy ${policy}; set noeviction, or a policy that begins with volatile`;
  throw redisSinkError('MR_SINK_REDIS_EVICTS', message, { details: { policy } });
}

function refusal(answer: ScriptAnswer, { write, chunk, last }: ScriptCall): Error {
  const details = { ...write };
  switch (answer[0]) {
    case 'partitions': {
      const before = Number(answer[1]);
      const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
      return coreError('MR_SINK_REPARTITIONED', message, { details: { ...details, before } });
    }
    case 'forgotten': {
      const message = `expected a batch after ${answer[1]}, the newest batch dropped from the ledger, got ${batchId(write)}; raise ledgerBatches, or choose another name for an application that starts over`;
      return redisSinkError('MR_SINK_REDIS_FORGOTTEN', message, {
        details: { ...details, forgotten: Number(answer[1]) },
      });
    }
    case 'type': {
      const message = `expected the key ${JSON.stringify(answer[1])} to be missing or of the form of the option as, got a ${answer[2]}; nothing was written`;
      return redisSinkError('MR_SINK_REDIS_WRONG_TYPE', message, {
        details: { ...details, key: answer[1], type: answer[2] },
      });
    }
    default: {
      const lost = chunk.from > 0 || last === undefined ? write : last;
      const message = `expected ${batchId(lost)}, which this sink has written, in the ledger; the server crashed without appendfsync always, a replica without the write took over, or keys of the ledger were removed; decide about the lost rows, then start again`;
      return redisSinkError('MR_SINK_REDIS_ROLLED_BACK', message, { details: { ...lost } });
    }
  }
}
