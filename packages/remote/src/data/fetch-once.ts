// One try of a fetch: a signed request, and its answer, read within the bounds of the fetcher.
import type { Agent, IncomingMessage, request as httpRequest } from 'node:http';
import type { Clock } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';
import type { DataAddress } from './data-address.ts';
import type { DataLimits } from './data-limits.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Parts } from './part-frames.ts';
import { PartReader } from './part-reader.ts';
import { STATUS } from './refusal.ts';
import type { SharedRoom } from './shared-room.ts';
import { DATA_PATH, SIGNATURE_HEADER } from './signed-request.ts';

/** The way to one server, with the bounds of the fetcher. */
export interface FetchWay {
  readonly clock: Clock;
  readonly limits: Pick<DataLimits, 'silentMs'>;
  /** Of `node:http` or `node:https`. */
  readonly request: typeof httpRequest;
  readonly agent: Agent;
  readonly address: DataAddress;
  /** Bytes of answers, shared by all requests of the fetcher. */
  readonly room: SharedRoom;
}

/** A request, ready to be sent. */
export interface SignedBody {
  readonly body: Uint8Array;
  readonly signature: string;
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
  const { promise, resolve, reject } = Promise.withResolvers<Fetched>();
  let over: AbortController | undefined;
  const request = begin(way, sent);
  const fail = (error: Error): void => {
    over?.abort(error);
    request.destroy(error);
    reject(error);
  };
  const { silentMs } = way.limits;
  const watch = new IdleWatch({
    clock: way.clock,
    idleMs: silentMs,
    onIdle: () => fail(new Error(`no byte came for ${silentMs} ms`)),
  });
  const onAbort = (): void => fail(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  request.on('error', fail);
  // The executor is alive and works on the answer.
  request.on('information', () => watch.heard());
  request.on('response', (response) => {
    const whenOver = (): AbortSignal => (over ??= new AbortController()).signal;
    void read(response, { way, watch, whenOver }).then(resolve, fail);
  });
  request.end(sent.body);
  try {
    return await promise;
  } finally {
    watch.stop();
    signal.removeEventListener('abort', onAbort);
  }
}

function begin({ request, agent, address: { host, port } }: FetchWay, { body, signature }: SignedBody) {
  return request({
    method: 'POST',
    host,
    port,
    path: DATA_PATH,
    agent,
    headers: { 'content-length': body.byteLength, [SIGNATURE_HEADER]: signature },
  });
}

interface Reading {
  readonly way: FetchWay;
  readonly watch: IdleWatch;
  /** A signal that is aborted when the try has failed; made for a wait only. */
  readonly whenOver: () => AbortSignal;
}

async function read(response: IncomingMessage, { way, watch, whenOver }: Reading): Promise<Fetched> {
  const status = response.statusCode ?? 0;
  const sizeBytes = Number(response.headers['content-length'] ?? Number.NaN);
  const isData = status === STATUS.data;
  if (!Number.isSafeInteger(sizeBytes) || (!isData && sizeBytes > ERROR_BYTES_MAX))
    throw remoteError('MR_REMOTE_DATA_DAMAGED', `expected an answer with a size, got status ${status}`);
  let release = way.room.takeNow(sizeBytes);
  if (release === undefined) {
    watch.pause();
    release = await way.room.take(sizeBytes, whenOver());
    watch.resume();
  }
  try {
    if (response.destroyed) throw new Error('the connection ended while the answer waited for room');
    if (!isData) return { status, error: await collected(response, sizeBytes, watch) };
    const reader = new PartReader(sizeBytes);
    await taken(response, watch, (chunk) => reader.push(chunk));
    return { status: STATUS.data, parts: reader.end() };
  } finally {
    release();
  }
}

async function collected(
  response: IncomingMessage,
  sizeBytes: number,
  watch: IdleWatch,
): Promise<Uint8Array> {
  const bytes = Buffer.alloc(sizeBytes);
  let filled = 0;
  await taken(response, watch, (chunk) => void (filled += chunk.copy(bytes, filled)));
  return bytes;
}

/** Passes on every chunk. Rejects when the connection ends before the answer, or `take` throws. */
function taken(response: IncomingMessage, watch: IdleWatch, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      watch.heard();
      try {
        take(chunk);
      } catch (error) {
        response.destroy(error as Error);
      }
    });
    response.once('end', resolve);
    response.once('error', reject);
    response.once('close', () => reject(new Error('the connection ended before the answer')));
  });
}
