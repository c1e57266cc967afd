// Repeats an append, unchanged, until its outcome is certain. Time-outs, missing leaders and broken connections decide nothing. After
// some seconds without a decision another server is tried.
//
//   stored ──────────────────────────────► stored
//   unexpected ─► the record at the leader: mine ─────────► stored
//                                           another's ────► taken
//                                           none, or old ─► repeat
//   full, refused ───────────────────────► refused, and not stored
//   unknown ─────────────────────────────► repeat
import type { Clock, Logger } from '@millrace/core';
import { isMillraceError } from '@millrace/core';
import type { StreamApi } from './stream-api.ts';
import type { AppendAnswer, NewMessage, StoredMessage } from './stream-shapes.ts';

/** A message to append, with a name for all attempts. */
export interface DecidedMessage extends NewMessage {
  readonly stream: string;
  /** Unique for ever: an attempt that lands late is recognised by this id. */
  readonly id: string;
}

interface AppendOptions {
  readonly signal?: AbortSignal;
  readonly onAttempt?: () => void;
  readonly before?: () => Promise<void> | undefined;
}

/** The outcome of an append. */
export type Decision =
  | { readonly kind: 'stored'; readonly sequence: number }
  /** Another message is at the expected place, and this one is not in the stream. Absent: the other one was removed since. */
  | { readonly kind: 'taken'; readonly by?: StoredMessage }
  | Extract<AppendAnswer, { readonly kind: 'full' | 'refused' }>;

/** Collaborators of a `DecidedAppend`. */
export interface DecidedAppendDeps {
  readonly api: StreamApi;
  readonly clock: Clock;
  readonly log: Logger;
  /** The longest wait for the answer to one attempt, in ms. */
  readonly attemptMs: number;
}

const AGAIN_MS = 100;
/** The time on one server, in attempts without an answer. A lease tries another server before its driver is replaced. */
const ATTEMPTS_PER_SERVER = 1.5;
/** Attempts before the log says that something waits. */
const PATIENT_ATTEMPTS = 5;
const ID = 'Nats-Msg-Id';

/** Appends messages with certainty. */
export class DecidedAppend {
  readonly #deps: DecidedAppendDeps;

  constructor(deps: DecidedAppendDeps) {
    this.#deps = deps;
  }

  /**
   * Appends a message. There is no time-out.
   *
   * @param signal Ends the attempts; the outcome is then unknown.
   * @param onAttempt Called before each attempt.
   * @param before Waited for before each attempt, which is sent at once afterwards; its error ends the attempts.
   * @throws the reason of the signal; `MR_CLUSTER_DENIED`, `MR_CLUSTER_MESSAGE_TOO_LARGE`, `MR_CLUSTER_LINK_CLOSED`.
   */
  async append(
    message: DecidedMessage,
    { signal, onAttempt, before }: AppendOptions = {},
  ): Promise<Decision> {
    const { api, clock, log, attemptMs } = this.#deps;
    let serverMs = clock.monotonicMs();
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      if (before !== undefined) await before();
      onAttempt?.();
      const answer = await api.append(message, attemptMs);
      const decision = await this.#decide(message, answer);
      if (decision !== undefined) return decision;
      // An election, or a server that does not reach the leader and is not missed by it.
      if (clock.monotonicMs() - serverMs >= ATTEMPTS_PER_SERVER * attemptMs) {
        serverMs = clock.monotonicMs();
        api.link.changeServer();
      }
      if (attempt === PATIENT_ATTEMPTS)
        log.warn('a message waits for the servers of NATS', { subject: message.subject, answer });
      await clock.sleepFor(AGAIN_MS, signal);
    }
  }

  async #decide(message: DecidedMessage, answer: AppendAnswer): Promise<Decision | undefined> {
    switch (answer.kind) {
      case 'unknown':
        return undefined;
      case 'unexpected':
        return this.#look(message).catch((error: unknown) => {
          if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) throw error;
          return undefined;
        });
      case 'stored':
        return { kind: 'stored', sequence: answer.sequence };
      default:
        return answer;
    }
  }

  /** Looks at the record in the place of the message. */
  async #look({ stream, subject, id, expectLast, expectLastOfSubject = 0 }: DecidedMessage) {
    const { api } = this.#deps;
    const place = expectLast === undefined ? { lastOf: subject } : { sequence: expectLast + 1 };
    const found = await api.get(stream, place);
    if (found?.headers[ID] === id) return { kind: 'stored', sequence: found.sequence } as const;
    if (found !== undefined && (expectLast !== undefined || found.sequence > expectLastOfSubject))
      return { kind: 'taken', by: found } as const;
    if (expectLast === undefined) return undefined;
    // A record that was written and removed again leaves its trace in the newest sequence.
    const info = await api.info(stream);
    return (info?.state.last_seq ?? 0) > expectLast ? ({ kind: 'taken' } as const) : undefined;
  }
}
