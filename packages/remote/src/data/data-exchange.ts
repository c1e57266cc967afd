// One request to a data server: read, verified, answered by the executor, and the answer written.
//
//   head ──► body ──► signature ──► nonce ──► a place among the answers ──► the executor ──► parts, as the socket drains
import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Codec, ExecutorId, Timer } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import type { PeerKind } from '../peer-kinds.ts';
import { AnswerBuffers } from './answer-buffers.ts';
import type { DataLimits } from './data-limits.ts';
import { framedBytes, frameParts, type Parts } from './part-frames.ts';
import { announcedBytes, Refused, STATUS } from './refusal.ts';
import { partsOf } from './reply-parts.ts';
import { readBody } from './request-body.ts';
import type { SeenNonces } from './seen-nonces.ts';
import { sendPieces } from './send-pieces.ts';
import { type DataRequest, decodeRequest, isSigned, SIGNATURE_HEADER } from './signed-request.ts';

/** The secret of an epoch as a key, with the nonces that have come under this secret. */
export interface DataEpoch {
  readonly key: KeyObject;
  readonly nonces: SeenNonces;
}

/** The parts of a server that its requests share. */
export interface DataExchangeDeps {
  readonly clock: Clock;
  readonly codec: Codec;
  readonly limits: DataLimits;
  /** Undefined before the first epoch: every request is refused. */
  readonly epoch: () => DataEpoch | undefined;
  /** Asks the executor. */
  readonly answer: (to: ExecutorId, kind: PeerKind, request: unknown) => Promise<unknown>;
}

/** The bytes of one piece of an answer. */
const PIECE_BYTES = 262_144;
/** Signs of life in the time after which a fetcher gives up. */
const SIGNS_PER_SILENCE = 4;

/** Serves the requests of one data server, within its bounds. */
export class DataExchanges {
  readonly #deps: DataExchangeDeps;
  readonly #buffers = new AnswerBuffers();
  #arrivingBytes = 0;
  #answers = 0;
  #answerBytes = 0;

  constructor(deps: DataExchangeDeps) {
    this.#deps = deps;
  }

  /** Requests that are being answered. */
  get answers(): number {
    return this.#answers;
  }

  /** Serves one request. @throws Refused, before any byte of an answer; Error when the sender has left. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = this.#verified(await this.#arrived(request), request);
    this.#refuseIfBusy();
    this.#answers += 1;
    try {
      await this.#answer(asked, response);
    } finally {
      this.#answers -= 1;
    }
  }

  async #arrived(request: IncomingMessage): Promise<Uint8Array> {
    const { clock, limits } = this.#deps;
    const bytes = announcedBytes(request, limits);
    if (this.#arrivingBytes + bytes > limits.arrivingBytesMax)
      throw new Refused(STATUS.busy, 'too many bytes arrive at once');
    this.#arrivingBytes += bytes;
    try {
      return await readBody(request, bytes, { clock, idleMs: limits.idleMs });
    } finally {
      this.#arrivingBytes -= bytes;
    }
  }

  #verified(body: Uint8Array, { headers }: IncomingMessage): DataRequest {
    const epoch = this.#deps.epoch();
    if (epoch === undefined || !isSigned(body, headers[SIGNATURE_HEADER], epoch.key))
      throw new Refused(STATUS.notSigned, 'the signature is not of this epoch');
    const asked = decoded(body, this.#deps.codec);
    if (asked === undefined) throw new Refused(STATUS.malformed, 'the request has another shape');
    if (!epoch.nonces.add(asked.sender, asked.count))
      throw new Refused(STATUS.repeated, 'the request is a repetition, or is late');
    return asked;
  }

  #refuseIfBusy(): void {
    const { answersMax, answerBytesMax } = this.#deps.limits;
    if (this.#answers >= answersMax || this.#answerBytes >= answerBytesMax)
      throw new Refused(STATUS.busy, 'too many answers are under way');
  }

  async #answer({ to, kind, request }: DataRequest, response: ServerResponse): Promise<void> {
    let parts: Parts;
    const signs = this.#signsOfLife(response);
    try {
      parts = partsOf(kind, await this.#deps.answer(to, kind, request), this.#deps.codec);
    } catch (error) {
      return this.#fail(error, response);
    } finally {
      signs.stop();
    }
    const bytes = framedBytes(parts);
    const buffers = this.#buffers.begin();
    this.#answerBytes += bytes;
    // The system has taken all bytes.
    response.once('finish', () => buffers.giveBack());
    try {
      response.writeHead(STATUS.data, { 'content-length': bytes });
      await sendPieces(response, frameParts(parts, PIECE_BYTES, buffers), {
        clock: this.#deps.clock,
        unreadMs: this.#deps.limits.unreadMs,
      });
    } finally {
      this.#answerBytes -= bytes;
    }
  }

  /** An answer may wait for a log. The fetcher gives up a silent server, so the server says that the executor works. */
  #signsOfLife(response: ServerResponse): { stop(): void } {
    const { clock, limits } = this.#deps;
    const periodMs = limits.silentMs / SIGNS_PER_SILENCE;
    const say = (): Timer =>
      clock.after(periodMs, () => {
        response.writeProcessing();
        timer = say();
      });
    let timer = say();
    // A fetcher that has left needs no signs.
    response.once('close', () => timer.cancel());
    return { stop: () => timer.cancel() };
  }

  async #fail(error: unknown, response: ServerResponse): Promise<void> {
    const body = this.#deps.codec.encodeRecords([serializeError(error)]);
    response.writeHead(STATUS.failed, { 'content-length': body.byteLength });
    response.end(body);
  }
}

function decoded(body: Uint8Array, codec: Codec): DataRequest | undefined {
  try {
    return decodeRequest(body, codec);
  } catch {
    return undefined;
  }
}
