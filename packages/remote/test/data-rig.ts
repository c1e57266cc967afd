// A data server and fetchers in one process, on real sockets of loopback and a clock moved by hand: silences of any length
// take no time.
import { type IncomingHttpHeaders, request } from 'node:http';
import { ManualClock, MsgpackCodec, SeededRandom } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import type { DataAddress } from '../src/data/data-address.ts';
import { DataFetcher } from '../src/data/data-fetcher.ts';
import type { DataLimits } from '../src/data/data-limits.ts';
import { DataServer, type DataServerDeps } from '../src/data/data-server.ts';
import type { DataTls } from '../src/data/data-tls.ts';
import { type DataRequest, encodeRequest, signatureOf, signingKey } from '../src/data/signed-request.ts';

export const SECRET = new Uint8Array(32).fill(9);
export const KEY = signingKey(SECRET);
export const codec = new MsgpackCodec();
/** A question for buckets; the executor `e-1` answers. */
export const BUCKETS = {
  kind: 'FetchBuckets',
  request: { epoch: 1, shuffleId: 's', partition: 0, mapPartitions: [0] },
} as const;
export const never = new AbortController().signal;

/** A step of virtual time, in milliseconds; the speed of virtual time; and the steps of five virtual minutes. */
const STEP_MS = 100;
const SPEED = 20;
const STEPS_MAX = 3_000;

/** The differences of a rig. */
export interface DataRigOptions {
  readonly answer?: DataServerDeps['answer'];
  readonly limits?: Partial<DataLimits>;
  readonly tls?: DataTls;
}

/** A server and what its tests need. */
export class DataRig {
  readonly clock: ManualClock;
  readonly log: RecordingLogger;
  readonly server: DataServer;
  readonly #options: DataRigOptions;
  readonly #random = new SeededRandom(1);
  readonly #fetchers: DataFetcher[] = [];

  private constructor(server: DataServer, clock: ManualClock, log: RecordingLogger, options: DataRigOptions) {
    this.server = server;
    this.clock = clock;
    this.log = log;
    this.#options = options;
  }

  static async start(options: DataRigOptions = {}): Promise<DataRig> {
    const clock = new ManualClock(0);
    const log = new RecordingLogger();
    const { answer = async () => ({ buckets: [Uint8Array.of(1, 2, 3)] }), limits, tls } = options;
    const address = { host: '127.0.0.1', port: 0 };
    const server = await DataServer.listen({ clock, codec, log, address, answer, limits, tls });
    server.admit(SECRET);
    return new DataRig(server, clock, log, options);
  }

  /** A fetcher with the limits of the rig. */
  fetcher(secret = SECRET, tls = this.#options.tls): DataFetcher {
    const { limits } = this.#options;
    const fetcher = new DataFetcher({ clock: this.clock, random: this.#random, codec, secret, limits, tls });
    this.#fetchers.push(fetcher);
    return fetcher;
  }

  /** Fetches the buckets once, from the server or from an address before the server. */
  fetch(address: DataAddress = this.server.address, signal = never): Promise<unknown> {
    return this.fetcher().wayTo('e-1', address).fetch(BUCKETS, signal);
  }

  /**
   * Lets time pass until `isOver`, twenty times faster than the machine's: real sockets get half a second for an answer that
   * must come within ten seconds.
   */
  async passUntil(isOver: () => boolean): Promise<void> {
    for (let step = 0; step < STEPS_MAX && !isOver(); step += 1) {
      await this.clock.advance(STEP_MS);
      await new Promise((resolve) => void setTimeout(resolve, STEP_MS / SPEED));
    }
  }

  async close(): Promise<void> {
    for (const fetcher of this.#fetchers) fetcher.close();
    await this.server.close();
  }
}

/** The bytes of a request that a fetcher would send. */
export function requestBytes(changed: Partial<DataRequest> = {}): Uint8Array {
  return encodeRequest({ to: 'e-1', sender: 'by hand', count: 0, ...BUCKETS, ...changed }, codec);
}

/** The answer to a request by hand. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends a request by hand, signed unless `headers` say otherwise. */
export function sendByHand(
  { port }: DataAddress,
  body: Uint8Array,
  options: {
    readonly headers?: Record<string, string | number>;
    readonly method?: string;
    readonly path?: string;
    readonly isChunked?: boolean;
  } = {},
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const sent = request({
    host: '127.0.0.1',
    port,
    method: options.method ?? 'POST',
    path: options.path ?? '/v1/fetch',
    agent: false,
    headers: {
      ...(options.isChunked === true ? {} : { 'content-length': body.byteLength }),
      'millrace-signature': signatureOf(body, KEY),
      ...options.headers,
    },
  });
  sent.on('error', reject);
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => void chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    });
  });
  sent.end(body);
  return promise;
}
