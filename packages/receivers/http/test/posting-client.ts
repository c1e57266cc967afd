// The source of an HTTP receiver for the conformance kit: a client that posts records and repeats each post until the
// answer confirms the records, as every client of this receiver has to.
import { type ClientRequest, request as httpRequest } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { ConfiguredReceiver } from '@millrace/core';
import { freePort } from '@millrace/testing';
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { answerTo } from './running-receiver.ts';

const RECORDS_A_REQUEST = 5;
const AGAIN_MS = 3;
/**
 * After this number of checks in a row without an answer, no answer is on its way: client and receiver share one event
 * loop.
 */
const STILL_LOOKS = 10;
const LOOK_MS = 5;

/** The client's records, and its receiver. */
export interface PostingClientDeps<T> {
  readonly token: string;
  readonly contentType: string;
  readonly line: (id: number) => string;
  readonly idOf: (record: T) => number | undefined;
  /** The records that the receiver refuses. */
  readonly poison: string;
  readonly createReceiver: (port: number) => ConfiguredReceiver<T>;
}

/** A client of a receiver on a free port. */
export class PostingClient<T> implements ReceiverTarget<T> {
  readonly receiver: ConfiguredReceiver<T>;
  readonly #deps: PostingClientDeps<T>;
  readonly #port: number;
  readonly #requests = new Set<ClientRequest>();
  readonly #acknowledged: number[] = [];
  /** Bytes of bodies that were not refused. */
  #takenBytes = 0;
  /** The number of completed requests. */
  #ended = 0;
  /** True while nothing is posted again. */
  #pause: Promise<void> | undefined;
  #isDisposed = false;

  private constructor(deps: PostingClientDeps<T>, port: number) {
    this.#deps = deps;
    this.#port = port;
    this.receiver = deps.createReceiver(port);
  }

  static async create<T>(deps: PostingClientDeps<T>): Promise<PostingClient<T>> {
    return new PostingClient(deps, await freePort());
  }

  send(ids: readonly number[]): void {
    for (let from = 0; from < ids.length; from += RECORDS_A_REQUEST)
      void this.#postUntilSafe(ids.slice(from, from + RECORDS_A_REQUEST));
  }

  idOf(record: T): number | undefined {
    return this.#deps.idOf(record);
  }

  acknowledged(): readonly number[] {
    return this.#acknowledged;
  }

  /** Requests that are neither refused nor lost are held by the receiver. */
  async takenBytes(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pause = promise;
    for (let still = 0, before = this.#ended; still < STILL_LOOKS; before = this.#ended) {
      await setTimeout(LOOK_MS);
      still = this.#ended === before ? still + 1 : 0;
    }
    const takenBytes = this.#takenBytes;
    this.#pause = undefined;
    resolve();
    return takenBytes;
  }

  disconnect(): void {
    for (const request of this.#requests) request.destroy();
  }

  async sendPoison(): Promise<'told' | void> {
    const status = await this.#post(this.#deps.poison);
    return status >= 400 && status < 500 ? 'told' : undefined;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.disconnect();
  }

  async #postUntilSafe(ids: readonly number[]): Promise<void> {
    const body = ids.map((id) => this.#deps.line(id)).join('');
    while (!this.#isDisposed) {
      await this.#pause;
      this.#takenBytes += body.length;
      // A missing answer is a reason to post again, like a refusal.
      const status = await this.#post(body).catch(() => 0);
      if (status === 200) return void this.#acknowledged.push(...ids);
      this.#takenBytes -= body.length;
      await setTimeout(AGAIN_MS);
    }
  }

  async #post(body: string): Promise<number> {
    const { token, contentType } = this.#deps;
    const headers = {
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
      Authorization: `Bearer ${token}`,
    };
    const request = httpRequest({
      host: '127.0.0.1',
      port: this.#port,
      method: 'POST',
      agent: false,
      headers,
    });
    this.#requests.add(request);
    try {
      request.end(body);
      return (await answerTo(request)).status;
    } finally {
      this.#requests.delete(request);
      this.#ended += 1;
    }
  }
}
