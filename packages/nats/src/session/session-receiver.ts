// The receiving half of a session: takes data frames in order, drops every other frame, and joins pieces to bodies. An
// acknowledgement travels on the next data frame of this side, alone after a short delay, or at once when half a window
// has arrived.
import type { Clock, Timer } from '@millrace/core';
import type { SessionFrame } from './session-frame.ts';
import type { SessionLimits } from './session-limits.ts';

/** Collaborators of a `SessionReceiver`. */
export interface SessionReceiverDeps {
  readonly clock: Clock;
  readonly limits: SessionLimits;
  readonly sendAck: () => void;
  /** Takes a whole body. */
  readonly deliver: (body: Uint8Array) => void;
  /** Called for a body above `queueBytes`, which no sender of this version sends. */
  readonly onOversized: () => void;
}

/** Takes frames until stopped. */
export class SessionReceiver {
  readonly #deps: SessionReceiverDeps;
  #acknowledged = 0;
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #timer: Timer | undefined;
  #unacknowledgedFrames = 0;
  #unacknowledgedBytes = 0;

  constructor(deps: SessionReceiverDeps) {
    this.#deps = deps;
  }

  /** The sequence of the last data frame that arrived in order. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** To be called when a frame with the acknowledgement was sent. */
  acknowledgementSent(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#unacknowledgedFrames = 0;
    this.#unacknowledgedBytes = 0;
  }

  /** Takes a data frame. A repeated or early frame is dropped, and acknowledged by what had arrived before. */
  take({ sequence, isContinued, piece }: SessionFrame): void {
    this.#timer ??= this.#deps.clock.after(this.#deps.limits.ackMs, () => this.#deps.sendAck());
    if (sequence !== this.#acknowledged + 1) return;
    this.#acknowledged = sequence;
    this.#unacknowledgedFrames += 1;
    this.#unacknowledgedBytes += piece.byteLength;
    const { windowFrames, windowBytes, queueBytes } = this.#deps.limits;
    if (this.#unacknowledgedFrames * 2 >= windowFrames || this.#unacknowledgedBytes * 2 >= windowBytes)
      this.#deps.sendAck();
    this.#pieceBytes += piece.byteLength;
    if (this.#pieceBytes > queueBytes) return this.#deps.onOversized();
    this.#pieces.push(piece);
    if (!isContinued) this.#deliver();
  }

  /** Ends all acknowledging. */
  stop(): void {
    this.#timer?.cancel();
    this.#pieces = [];
  }

  #deliver(): void {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#pieceBytes = 0;
    const [first] = pieces;
    this.#deps.deliver(pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces));
  }
}
