// The reading code: entries of a Redis stream through a consumer group, with ioredis. Redis gives an entry again until it is
// acknowledged: first the unacknowledged entries of this consumer, then new ones.
import { Redis } from 'ioredis';
import type { AcknowledgedSource, Delivery, SourceContext } from './acknowledging-receiver.ts';
import type { RedisStreamOptions } from './redis-stream.options.ts';

/** One record: the JSON object in the field `data` of an entry. */
export type RedisStreamRecord = Readonly<Record<string, unknown>>;

type Entry = readonly [id: string, fields: readonly string[] | null];
type Answer = readonly (readonly [stream: string, entries: readonly Entry[]])[] | null;

/** The longest wait of Redis for new entries; afterwards Redis is asked again. */
const BLOCK_MS = 200;
const ENTRIES_A_READ = 100;

/** Connects to Redis. Rejects when Redis is away, or the signal is aborted. */
export async function openSource(
  options: RedisStreamOptions,
  context: SourceContext,
): Promise<AcknowledgedSource<RedisStreamRecord, string>> {
  const { host, port, password, stream, group } = options;
  const client = new Redis({
    host,
    port,
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    // Answers as lists, and not as maps.
    protocol: 2,
    // The engine restarts the receiver after a delay that grows; a second way to reconnect would compete.
    retryStrategy: () => null,
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
  });
  // Every command reports its own failure; without any listener ioredis prints errors.
  client.on('error', () => undefined);
  const onAbort = (): void => client.disconnect();
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    context.signal.throwIfAborted();
    await client.connect();
    await client.xgroup('CREATE', stream, group, '0', 'MKSTREAM').catch((error: Error) => {
      if (!error.message.startsWith('BUSYGROUP')) throw error;
    });
    // A read that waits would hold back acknowledgements on the same connection.
    const acknowledging = client.duplicate();
    acknowledging.on('error', () => undefined);
    await acknowledging.connect();
    return new StreamConnection({ client, acknowledging, options, context });
  } catch (error) {
    client.disconnect();
    // A connection that the abort has cut is no failure of Redis.
    context.signal.throwIfAborted();
    throw error;
  }
}

interface ConnectionDeps {
  readonly client: Redis;
  readonly acknowledging: Redis;
  readonly options: RedisStreamOptions;
  readonly context: SourceContext;
}

class StreamConnection implements AcknowledgedSource<RedisStreamRecord, string> {
  readonly #deps: ConnectionDeps;
  #inFlight = 0;
  #room = Promise.withResolvers<void>();

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    deps.context.signal.addEventListener('abort', () => this.#room.resolve(), { once: true });
  }

  async *deliveries(): AsyncGenerator<Delivery<RedisStreamRecord, string>> {
    // Unacknowledged entries of an earlier life, then `>`: entries that no consumer has got.
    for (let from = '0'; ;) {
      const entries = await this.#read(from);
      if (from !== '>' && entries.length === 0) from = '>';
      for (const [id, fields] of entries) {
        if (from !== '>') from = id;
        const record = recordOf(fields);
        if (record === undefined) await this.#leaveOut(id);
        else {
          this.#inFlight += 1;
          yield { tag: id, record };
        }
      }
    }
  }

  async acknowledge(ids: readonly string[]): Promise<void> {
    const { acknowledging, options } = this.#deps;
    this.#inFlight -= ids.length;
    this.#room.resolve();
    // After a broken connection Redis gives the entries again.
    await acknowledging.call('XACK', [options.stream, options.group, ...ids]).catch(() => undefined);
  }

  async close(): Promise<void> {
    const { client, acknowledging } = this.#deps;
    client.disconnect();
    const closed = Promise.all([client, acknowledging].map(ended));
    await acknowledging.quit().catch(() => acknowledging.disconnect());
    await closed;
  }

  async #read(from: string): Promise<readonly Entry[]> {
    const { client, options, context } = this.#deps;
    while (this.#inFlight >= options.window) {
      context.signal.throwIfAborted();
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
    const { group, consumer, stream } = options;
    const count = Math.min(ENTRIES_A_READ, options.window - this.#inFlight);
    const wait = from === '>' ? ['BLOCK', BLOCK_MS] : [];
    const words = ['GROUP', group, consumer, 'COUNT', count, ...wait, 'STREAMS', stream, from];
    const answer = (await client.call('XREADGROUP', words)) as Answer;
    context.signal.throwIfAborted();
    return answer?.[0]?.[1] ?? [];
  }

  /** An entry that can never become a record is acknowledged; otherwise Redis would give the entry again for ever. */
  async #leaveOut(id: string): Promise<void> {
    const { acknowledging, options, context } = this.#deps;
    context.reportError(`entry ${id} of the stream has no JSON object in data; it was left out`);
    await acknowledging.xack(options.stream, options.group, id);
  }
}

/** Never rejects: `once` of node:events would reject at an error of a connection that is just being closed. */
async function ended(client: Redis): Promise<void> {
  if (client.status !== 'end') await new Promise((resolve) => client.once('end', resolve));
}

/** Undefined for an entry that was removed from the stream, too. */
function recordOf(fields: readonly string[] | null): RedisStreamRecord | undefined {
  const place = fields?.indexOf('data') ?? -1;
  try {
    const value: unknown = JSON.parse(fields?.[place + 1] ?? '');
    return place % 2 === 0 && typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Invalid JSON: reported by the caller, like any other malformed entry.
    return undefined;
  }
}
