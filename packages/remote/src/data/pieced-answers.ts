// Sends answers in pieces over a connection whose messages must be small. The other executor asks for one piece after the
// other, so no more than one piece of an answer is under way.
//
//   BeginPieces(kind, request) ──► { id, piece, … }        NextPiece(id, index) ──► { id, piece, … } until the last one
import type { Codec } from '@millrace/core';
import { isPeerKind } from '../peer-kinds.ts';
import { remoteError } from '../remote-errors.ts';
import type { DataLimits } from './data-limits.ts';
import { framedBytes, frameParts, type Parts } from './part-frames.ts';
import { partsOf } from './reply-parts.ts';

/** One piece of an answer. */
export interface AnswerPiece {
  /** Names the answer for `NextPiece`. */
  readonly id: number;
  /** The size of the whole answer, in bytes. */
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
}

/** Collaborators of `PiecedAnswers`. */
export interface PiecedAnswersDeps {
  readonly codec: Codec;
  readonly limits: Pick<DataLimits, 'pieceBytes' | 'piecedAnswersMax'>;
  /** Answers the requests of the other executor. */
  readonly answer: (kind: string, request: unknown) => Promise<unknown>;
}

/** The answers to one other executor. */
export class PiecedAnswers {
  readonly #deps: PiecedAnswersDeps;
  /** In the order of their beginning. */
  readonly #sending = new Map<number, Sending>();
  #nextId = 0;

  constructor(deps: PiecedAnswersDeps) {
    this.#deps = deps;
  }

  /** Answers with pieces that have not been asked for. */
  get size(): number {
    return this.#sending.size;
  }

  /** Answers a request of the other executor. Requests of other kinds go on to the executor. */
  async answer(kind: string, request: unknown): Promise<unknown> {
    const fields = (request ?? {}) as Readonly<Record<string, unknown>>;
    if (kind === 'BeginPieces') return this.#begin(fields['kind'], fields['request']);
    if (kind === 'NextPiece') return this.#next(fields['id'], fields['index']);
    return this.#deps.answer(kind, request);
  }

  async #begin(kind: unknown, request: unknown): Promise<AnswerPiece> {
    if (typeof kind !== 'string' || !isPeerKind(kind)) throw noSuchAnswer('its kind is unknown');
    const { answer, codec, limits } = this.#deps;
    const parts = partsOf(kind, await answer(kind, request), codec);
    const id = this.#nextId;
    this.#nextId += 1;
    const sending = new Sending(id, parts, limits.pieceBytes);
    this.#sending.set(id, sending);
    const [oldest] = this.#sending.keys();
    if (this.#sending.size > limits.piecedAnswersMax && oldest !== undefined) this.#sending.delete(oldest);
    return this.#pieceOf(sending, 0);
  }

  async #next(id: unknown, index: unknown): Promise<AnswerPiece> {
    const sending = this.#sending.get(id as number);
    if (sending === undefined) throw noSuchAnswer('newer answers have taken its place');
    return this.#pieceOf(sending, index);
  }

  #pieceOf(sending: Sending, index: unknown): AnswerPiece {
    const piece = sending.at(index);
    if (piece === undefined) throw noSuchAnswer('its pieces were asked for in another order');
    if (sending.isSent) this.#sending.delete(piece.id);
    return piece;
  }
}

/** An answer under way. */
class Sending {
  readonly #id: number;
  readonly #sizeBytes: number;
  readonly #pieces: Iterator<Uint8Array, void>;
  #sentBytes = 0;
  #index = -1;
  #newest: AnswerPiece | undefined;

  constructor(id: number, parts: Parts, pieceBytes: number) {
    this.#id = id;
    this.#sizeBytes = framedBytes(parts);
    this.#pieces = frameParts(parts, pieceBytes);
  }

  /** True when every piece was asked for. */
  get isSent(): boolean {
    return this.#sentBytes === this.#sizeBytes;
  }

  /** The newest piece, because a request may arrive twice, or the one behind; undefined for any other. */
  at(index: unknown): AnswerPiece | undefined {
    if (index === this.#index) return this.#newest;
    if (index !== this.#index + 1) return undefined;
    this.#index += 1;
    // A copy: a message with a view would carry the whole bucket.
    const bytes = new Uint8Array(this.#pieces.next().value ?? []);
    this.#sentBytes += bytes.byteLength;
    this.#newest = { id: this.#id, sizeBytes: this.#sizeBytes, bytes };
    return this.#newest;
  }
}

function noSuchAnswer(reason: string): Error {
  return remoteError('MR_REMOTE_DATA_FAILED', `an answer cannot be sent in pieces: ${reason}; ask again`);
}
