// The sending half of a session: cuts bodies into frames, sends frames within a window, and sends frames again after a
// time without progress. The carrier is first-in-first-out except around reconnects, so the receiver drops a frame that
// is not the next one, and the sender goes back to the first unacknowledged frame.
import type { Clock, Timer } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { SessionLimits } from './session-limits.ts';

/** A data frame without its acknowledgement, which is as new as the moment of sending. */
export interface OutgoingPiece {
  readonly sequence: number;
  readonly isContinued: boolean;
  readonly piece: Uint8Array;
}

/** Collaborators of a `SessionSender`. */
export interface SessionSenderDeps {
  readonly clock: Clock;
  readonly limits: SessionLimits;
  readonly send: (piece: OutgoingPiece) => void;
}

/** Sends bodies in order until stopped. */
export class SessionSender {
  readonly #deps: SessionSenderDeps;
  /** Every piece that is not acknowledged, by sequence. */
  readonly #pieces = new ReleasingMap<number, OutgoingPiece>();
  /** The sequence of the newest piece, of the newest piece sent, and of the last acknowledged piece. */
  #newest = 0;
  #sent = 0;
  #acknowledged = 0;
  #queuedBytes = 0;
  #sentBytes = 0;
  #timer: Timer | undefined;
  #hasProgress = false;
  /** Pieces up to `#repairUpTo` were lost possibly; pieces up to `#repaired` were sent again. */
  #repairUpTo = 0;
  #repaired = 0;

  constructor(deps: SessionSenderDeps) {
    this.#deps = deps;
  }

  /** The bytes of pieces that are not acknowledged. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** The number of frames on their way. */
  get inFlight(): number {
    return this.#sent - this.#acknowledged;
  }

  /** Accepts a body, which is sent as soon as the window permits. */
  post(body: Uint8Array): void {
    const { pieceBytes } = this.#deps.limits;
    let from = 0;
    do {
      const piece = body.subarray(from, from + pieceBytes);
      from += pieceBytes;
      this.#newest += 1;
      this.#pieces.set(this.#newest, { sequence: this.#newest, isContinued: from < body.byteLength, piece });
      this.#queuedBytes += piece.byteLength;
    } while (from < body.byteLength);
    this.#fillWindow();
  }

  /** The other side has all pieces up to this sequence. An older acknowledgement changes nothing. */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged || sequence > this.#sent) return;
    while (this.#acknowledged < sequence) {
      this.#acknowledged += 1;
      const bytes = this.#pieces.get(this.#acknowledged)?.piece.byteLength ?? 0;
      this.#pieces.delete(this.#acknowledged);
      this.#queuedBytes -= bytes;
      this.#sentBytes -= bytes;
    }
    this.#hasProgress = true;
    this.#repair();
    this.#fillWindow();
  }

  /** Sends unacknowledged pieces again at once: the other side did not listen before. */
  sendAgain(): void {
    this.#repairUpTo = this.#sent;
    this.#repaired = this.#acknowledged;
    this.#repair();
  }

  /** Ends all sending. */
  stop(): void {
    this.#timer?.cancel();
    this.#pieces.clear();
    this.#queuedBytes = 0;
  }

  #fillWindow(): void {
    const { windowFrames, windowBytes } = this.#deps.limits;
    while (this.#sent < this.#newest && this.inFlight < windowFrames) {
      const next = this.#pieces.get(this.#sent + 1);
      if (next === undefined) return;
      if (this.inFlight > 0 && this.#sentBytes + next.piece.byteLength > windowBytes) return;
      this.#sent += 1;
      this.#sentBytes += next.piece.byteLength;
      this.#watch();
      this.#deps.send(next);
    }
  }

  #watch(): void {
    this.#timer ??= this.#deps.clock.after(this.#deps.limits.resendMs, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    if (this.inFlight === 0) return;
    if (!this.#hasProgress) this.sendAgain();
    this.#hasProgress = false;
    this.#watch();
  }

  /** Sends pieces again: a few at once, and the next ones with each progress. */
  #repair(): void {
    const last = Math.min(this.#acknowledged + this.#deps.limits.resendFrames, this.#repairUpTo);
    this.#repaired = Math.max(this.#repaired, this.#acknowledged);
    while (this.#repaired < last) {
      this.#repaired += 1;
      const piece = this.#pieces.get(this.#repaired);
      if (piece !== undefined) this.#deps.send(piece);
    }
  }
}
