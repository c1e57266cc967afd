// The sessions of one process over one link. An ended session keeps its subject for a while and answers late frames with
// `gone`, so the other side ends too when the frame of the end was lost.
import { type Clock, type Codec, isMillraceError, type Logger, type RandomSource } from '@millrace/core';
import { channelPeer, type Connector, type Transport } from '@millrace/remote';
import { clusterError } from '../cluster-errors.ts';
import type { NatsLink, NatsSubscription } from '../link/nats-link.ts';
import { decodeFrame, encodeFrame } from './session-frame.ts';
import { SESSION_LIMITS, type SessionLimits } from './session-limits.ts';
import { SessionMachine } from './session-machine.ts';
import { otherPlace, type SessionPlace, sessionPlace, sessionSubject } from './session-subjects.ts';
import { SessionTransport } from './session-transport.ts';

/** The part of a link that sessions use. */
export type SubjectLink = Pick<NatsLink, 'publish' | 'subscribe'>;

/** Collaborators of `SubjectSessions`. */
export interface SessionsDeps {
  readonly link: SubjectLink;
  readonly app: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly codec: Codec;
  readonly log: Logger;
  readonly limits?: SessionLimits;
}

/** The time that the subject of an ended session is kept, in milliseconds, and the number of such subjects. */
const ENDED_MS = 60_000;
const ENDED_MAX = 1_024;

/** The length of a session's name. */
const NAME_LENGTH = 20;

/** An answer to whatever comes to an ended session. */
const GONE = encodeFrame({
  kind: 'gone',
  sequence: 0,
  acknowledged: 0,
  isContinued: false,
  piece: new Uint8Array(0),
});

/** Makes sessions. */
export class SubjectSessions implements Connector {
  readonly #deps: SessionsDeps;
  readonly #live = new Set<SessionMachine>();
  /** Ends the subscription of an ended session. In order of their ends. */
  readonly #ended = new Map<string, () => void>();
  #isClosed = false;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** The number of sessions that have not ended. */
  get liveCount(): number {
    return this.#live.size;
  }

  /** A name for a new session. */
  newName(): string {
    return this.#deps.random.id(NAME_LENGTH);
  }

  /** The attachments of a new session between two executors. */
  readonly pair = (): readonly [SessionPlace, SessionPlace] => {
    const session = this.newName();
    return [
      { session, side: 'a' },
      { session, side: 'b' },
    ];
  };

  /** The executor at the other end. @throws `MR_CLUSTER_NO_SESSION` for anything but the place of a session. */
  readonly adopt: Connector['adopt'] = (attachment, service) => {
    const place = sessionPlace(attachment);
    if (place === undefined)
      throw clusterError('MR_CLUSTER_NO_SESSION', 'expected the place of a session with a message');
    return channelPeer(this.open(place), service);
  };

  /**
   * One end of a session; each end is opened once.
   *
   * @param onHeard Called for each frame of the other side.
   */
  open(place: SessionPlace, onHeard: () => void = () => undefined): Transport {
    const { clock, codec, log, limits = SESSION_LIMITS } = this.#deps;
    let listening: NatsSubscription | undefined;
    return new SessionTransport({
      codec,
      bodyBytesMax: limits.queueBytes,
      onUnreadable: (error) => log.warn('a message of a session is unreadable', { ...place, error }),
      machine: (deliver, onEnd) => {
        const machine: SessionMachine = new SessionMachine({
          clock,
          limits,
          deliver,
          publish: (frame) => this.#publish(otherPlace(place), frame),
          onEnd: (end) => {
            this.#live.delete(machine);
            listening?.unsubscribe();
            if (end === 'overflow' || end === 'oversized')
              log.warn('a session was closed', { ...place, end });
            this.#answerGone(place);
            onEnd(end);
          },
        });
        this.#live.add(machine);
        return machine;
      },
      listen: (machine) => {
        if (this.#isClosed) return;
        listening = this.#subscribe(place, (bytes) => {
          onHeard();
          machine.take(bytes);
        });
        machine.listening();
      },
    });
  }

  /** Ends all sessions. May be repeated. */
  close(): void {
    for (const machine of this.#live) machine.close();
    this.#isClosed = true;
    for (const forget of this.#ended.values()) forget();
    this.#ended.clear();
  }

  #publish(to: SessionPlace, frame: Uint8Array): void {
    if (this.#isClosed) return;
    try {
      this.#deps.link.publish(sessionSubject(this.#deps.app, to), frame);
    } catch (error) {
      // After the end of the link, frames are lost like others.
      if (!isMillraceError(error, 'MR_CLUSTER_LINK_CLOSED')) throw error;
    }
  }

  #subscribe(place: SessionPlace, take: (bytes: Uint8Array) => void): NatsSubscription {
    return this.#deps.link.subscribe(sessionSubject(this.#deps.app, place), ({ data }) => take(data));
  }

  #answerGone(place: SessionPlace): void {
    if (this.#isClosed) return;
    const subscription = this.#subscribe(place, (bytes) => {
      const kind = decodeFrame(bytes)?.kind;
      if (kind === 'data' || kind === 'ack' || kind === 'open') this.#publish(otherPlace(place), GONE);
    });
    const key = sessionSubject(this.#deps.app, place);
    const timer = this.#deps.clock.after(ENDED_MS, () => this.#forget(key));
    this.#ended.set(key, () => {
      timer.cancel();
      subscription.unsubscribe();
    });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#forget(oldest);
  }

  #forget(key: string): void {
    this.#ended.get(key)?.();
    this.#ended.delete(key);
  }
}
