// Another executor that is asked directly. The session to that executor is the way around a cut link: as long as the driver
// does not report the executor as gone, a failure of the direct way is a failure of the link.
import { type Clock, type Codec, isMillraceError, type Logger } from '@millrace/core';
import { isPeerKind } from '../peer-kinds.ts';
import type { Peer, PeerService } from '../transport.ts';
import type { DataQuestion, DataWay } from './data-fetcher.ts';
import type { DataLimits } from './data-limits.ts';
import { fetchInPieces } from './fetch-in-pieces.ts';
import { SharedRoom } from './shared-room.ts';

/** Collaborators of a `DirectPeer`. */
export interface DirectPeerDeps {
  readonly service: Pick<PeerService, 'executorId' | 'unreachable'>;
  /** Absent: the other executor has no data server, and everything takes the session. */
  readonly way: DataWay | undefined;
  /** The connection that the driver has made. */
  readonly session: Peer;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly log: Logger;
  readonly limits: Pick<DataLimits, 'detourMs' | 'requestsPerPeer'>;
}

/** The other executor. */
export class DirectPeer implements Peer {
  readonly #deps: DirectPeerDeps;
  readonly #closed = new AbortController();
  /** Answers under way over the session. */
  readonly #turns: SharedRoom;
  /** The end of the detour, on the monotonic clock. */
  #detourUntilMs = -Infinity;

  constructor(deps: DirectPeerDeps) {
    this.#deps = deps;
    this.#turns = new SharedRoom(deps.limits.requestsPerPeer);
  }

  async ask(kind: string, request: unknown): Promise<unknown> {
    const { session, service } = this.#deps;
    if (!isPeerKind(kind)) return session.ask(kind, request);
    try {
      return await this.#fetch({ kind, request });
    } catch (error) {
      throw this.#closed.signal.aborted ? service.unreachable(kind) : error;
    }
  }

  async #fetch(question: DataQuestion): Promise<unknown> {
    const { way, clock } = this.#deps;
    if (way === undefined || clock.monotonicMs() < this.#detourUntilMs) return this.#overSession(question);
    try {
      return await way.fetch(question, this.#closed.signal);
    } catch (error) {
      if (this.#closed.signal.aborted || !isMillraceError(error, 'MR_REMOTE_DATA_FAILED')) throw error;
      this.#takeDetour(error);
      return this.#overSession(question);
    }
  }

  async #overSession(question: DataQuestion): Promise<unknown> {
    const release = await this.#turns.take(1, this.#closed.signal);
    try {
      return await fetchInPieces(this.#deps.session, question, this.#deps.codec);
    } finally {
      release();
    }
  }

  /** Several requests fail together: the first one begins the detour. */
  #takeDetour(error: Error): void {
    const { clock, log, limits, service } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#detourUntilMs) return;
    this.#detourUntilMs = nowMs + limits.detourMs;
    log.warn('data of an executor is fetched over its session, because the direct way fails', {
      executorId: service.executorId,
      againInMs: limits.detourMs,
      error,
    });
  }

  close(): void {
    this.#closed.abort();
    this.#deps.session.close();
  }
}
