// One side of a session: ordered, acknowledged, windowed messages over a carrier that may lose, repeat and reorder. A
// state machine without a connection: frames come in by `take`, frames go out by `publish`, time comes from the clock.
//
// A session does not notice the death of the other side, because a subject has no end that could close. The driver
// reports dead executors and hosts, and an ended session answers with `gone`.
import type { Clock } from '@millrace/core';
import { decodeFrame, encodeFrame, type FrameKind, type SessionFrame } from './session-frame.ts';
import { SESSION_LIMITS, type SessionLimits } from './session-limits.ts';
import { SessionReceiver } from './session-receiver.ts';
import { SessionSender } from './session-sender.ts';

/**
 * The reason for the end of a session: this side closed, the other side closed, the other side had ended before, more
 * bytes waited than permitted, or a body was longer than permitted.
 */
export type SessionEnd = 'closed-here' | 'closed-there' | 'gone' | 'overflow' | 'oversized';

/** Collaborators of a `SessionMachine`. */
export interface SessionMachineDeps {
  readonly clock: Clock;
  /** Sends a frame; may lose the frame. */
  readonly publish: (frame: Uint8Array) => void;
  /** Takes a body of the other side, in order and once. May view memory of the carrier. */
  readonly deliver: (body: Uint8Array) => void;
  /** Called once. */
  readonly onEnd: (end: SessionEnd) => void;
  readonly limits?: SessionLimits;
}

/** One side of a session, until the end of either side. */
export class SessionMachine {
  readonly #deps: SessionMachineDeps;
  readonly #limits: SessionLimits;
  readonly #sender: SessionSender;
  readonly #receiver: SessionReceiver;
  #end: SessionEnd | undefined;

  constructor(deps: SessionMachineDeps) {
    const { clock, deliver, limits = SESSION_LIMITS } = deps;
    this.#deps = deps;
    this.#limits = limits;
    this.#sender = new SessionSender({
      clock,
      limits,
      send: (piece) => this.#publish({ kind: 'data', ...piece }),
    });
    this.#receiver = new SessionReceiver({
      clock,
      limits,
      sendAck: () => this.#publishBare('ack'),
      deliver: (body) => {
        if (this.#end === undefined) deliver(body);
      },
      onOversized: () => this.#close('oversized'),
    });
  }

  /** The reason for the end; undefined while the session lives. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** The bytes that the other side has not acknowledged. */
  get queuedBytes(): number {
    return this.#sender.queuedBytes;
  }

  /** The number of frames on their way. */
  get inFlight(): number {
    return this.#sender.inFlight;
  }

  /** Sends a body. Too many waiting bytes end the session. Does nothing after the end. */
  post(body: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (this.#sender.queuedBytes + body.byteLength > this.#limits.queueBytes) return this.#close('overflow');
    this.#sender.post(body);
  }

  /** To be called when this side listens: the other side sends at once whatever came too early. */
  listening(): void {
    this.#publishBare('open');
  }

  /** Takes a message of the carrier; bytes that are not a frame are dropped. */
  take(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    const frame = decodeFrame(bytes);
    if (frame === undefined) return;
    if (frame.kind === 'close') return this.#over('closed-there');
    if (frame.kind === 'gone') return this.#over('gone');
    this.#sender.acknowledge(frame.acknowledged);
    if (frame.kind === 'data') this.#receiver.take(frame);
    else if (frame.kind === 'open') this.#sender.sendAgain();
  }

  /** Ends the session. The other side learns of the end by one frame, or by `gone` when that frame is lost. */
  close(): void {
    this.#close('closed-here');
  }

  #close(end: SessionEnd): void {
    if (this.#end !== undefined) return;
    this.#publishBare('close');
    this.#over(end);
  }

  #over(end: SessionEnd): void {
    this.#end = end;
    this.#sender.stop();
    this.#receiver.stop();
    this.#deps.onEnd(end);
  }

  #publishBare(kind: FrameKind): void {
    this.#publish({ kind, sequence: 0, isContinued: false, piece: new Uint8Array(0) });
  }

  #publish(frame: Omit<SessionFrame, 'acknowledged'>): void {
    if (this.#end !== undefined) return;
    this.#receiver.acknowledgementSent();
    this.#deps.publish(encodeFrame({ ...frame, acknowledged: this.#receiver.acknowledged }));
  }
}
