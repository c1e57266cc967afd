// One try of a fetch: a signed request, and its answer, read within the bounds of the fetcher.
import type { Clock } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';
import type { DataAddress } from './data-address.ts';
import type { Asking, BodyMemory, DataConnection } from './data-connection.ts';
import type { DataConnections } from './data-connections.ts';
import type { DataLimits } from './data-limits.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Parts } from './part-frames.ts';
import { PartReader } from './part-reader.ts';
import { STATUS } from './refusal.ts';
import type { Release, SharedRoom } from './shared-room.ts';
import { postBytes, type SignedBody } from './post-bytes.ts';

/** The way to one server, with the bounds of the fetcher. */
export interface FetchWay {
  readonly clock: Clock;
  readonly limits: Pick<DataLimits, 'silentMs'>;
  readonly connections: DataConnections;
  readonly address: DataAddress;
  /** Bytes of answers, shared by all requests of the fetcher. */
  readonly room: SharedRoom;
}

/** An answer of a server: the parts of data, or another status, with the error of the executor as bytes. */
export type Fetched =
  | { readonly status: typeof STATUS.data; readonly parts: Parts }
  | { readonly status: number; readonly parts?: undefined; readonly error: Uint8Array };

/** The error of an executor is bounded by its serialisation, far below this number of bytes. */
const ERROR_BYTES_MAX = 1_048_576;

/**
 * Sends the request and reads the answer. Bytes of an answer wait for room in memory; meanwhile the socket is not read, and
 * the server waits.
 *
 * @throws Error of the connection; `MR_REMOTE_DATA_DAMAGED`; Error after `silentMs` without a byte; the signal's reason.
 */
export async function fetchOnce(way: FetchWay, sent: SignedBody, signal: AbortSignal): Promise<Fetched> {
  signal.throwIfAborted();
  const exchange = new Exchange(way);
  const onAbort = (): void => exchange.fail(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await exchange.send(postBytes(way.address, sent));
  } finally {
    exchange.end();
    signal.removeEventListener('abort', onAbort);
  }
}

/** The body of an answer, in memory. */
interface Body extends BodyMemory {
  /** What has come. @throws `MR_REMOTE_DATA_DAMAGED`. */
  fetched(): Fetched;
}

/** A request and its answer on one connection. */
class Exchange implements Asking {
  readonly #way: FetchWay;
  readonly #connection: DataConnection;
  readonly #watch: IdleWatch;
  readonly #outcome = Promise.withResolvers<Fetched>();
  /** Aborted when the try has failed; made for a wait only. */
  #over: AbortController | undefined;
  #body: Body | undefined;
  #release: Release | undefined;

  constructor(way: FetchWay) {
    this.#way = way;
    this.#connection = way.connections.take(way.address);
    const { clock, limits } = way;
    const { silentMs } = limits;
    const onIdle = (): void => this.fail(new Error(`no byte came for ${silentMs} ms`));
    this.#watch = new IdleWatch({ clock, idleMs: silentMs, onIdle });
  }

  send(request: Uint8Array): Promise<Fetched> {
    this.#connection.ask(request, this);
    return this.#outcome.promise;
  }

  /** Ends the connection, and with it the exchange. */
  fail(error: Error): void {
    this.#connection.destroy(error);
  }

  /** Gives back all that the exchange holds. */
  end(): void {
    this.#watch.stop();
    this.#release?.();
    this.#way.connections.giveBack(this.#way.address, this.#connection);
  }

  onBytes(): void {
    this.#watch.heard();
  }

  onHead(status: number, sizeBytes: number): void {
    if (status !== STATUS.data && sizeBytes > ERROR_BYTES_MAX)
      return this.fail(damaged(`the answer with status ${status} has ${sizeBytes} bytes`));
    this.#release = this.#way.room.takeNow(sizeBytes);
    if (this.#release === undefined) void this.#waitForRoom(status, sizeBytes);
    else this.#read(status, sizeBytes);
  }

  onWhole(): void {
    try {
      const fetched = this.#body?.fetched();
      if (fetched !== undefined) this.#outcome.resolve(fetched);
    } catch (error) {
      this.#outcome.reject(error);
    }
  }

  onFailed(error: Error): void {
    this.#over?.abort(error);
    this.#outcome.reject(error);
  }

  async #waitForRoom(status: number, sizeBytes: number): Promise<void> {
    this.#watch.pause();
    this.#over = new AbortController();
    try {
      this.#release = await this.#way.room.take(sizeBytes, this.#over.signal);
    } catch {
      // The try has failed meanwhile.
      return;
    }
    // The try may have failed after its room was given.
    if (this.#over.signal.aborted) return this.#release();
    this.#watch.resume();
    this.#read(status, sizeBytes);
  }

  #read(status: number, sizeBytes: number): void {
    try {
      this.#body = status === STATUS.data ? dataBody(sizeBytes) : otherBody(status, sizeBytes);
    } catch (error) {
      return this.fail(error as Error);
    }
    this.#connection.readInto(this.#body);
  }
}

function dataBody(sizeBytes: number): Body {
  const reader = new PartReader(sizeBytes);
  return {
    free: () => reader.free(),
    advance: (bytes) => reader.advance(bytes),
    fetched: () => ({ status: STATUS.data, parts: reader.end() }),
  };
}

function otherBody(status: number, sizeBytes: number): Body {
  const error = Buffer.alloc(sizeBytes);
  let filled = 0;
  return {
    free: () => error.subarray(filled),
    advance: (bytes) => void (filled += bytes),
    fetched: () => ({ status, error }),
  };
}

function damaged(found: string): Error {
  return remoteError('MR_REMOTE_DATA_DAMAGED', `data of another executor arrived damaged: ${found}`);
}
