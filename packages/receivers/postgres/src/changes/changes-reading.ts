// The reading of a replication: messages come in, records go out. The socket pauses while the engine takes no records; what one
// read of the socket has brought waits in a queue of messages.
//
//   socket ─► message ─► store ── true ─► next message
//      └─ paused            └── false ─► messages go to the queue ─► ready ─► the queue ─► the socket goes on
import type { ReceiverContext } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import {
  ChangeParser,
  type PartialChange,
  type PostgresChange,
  problemOf,
  type TransactionFacts,
} from './change-record.ts';
import type { ChangeOperation } from './changes-options.ts';
import { isUpTo, type PostgresChangesPosition } from './changes-position.ts';
import type { ConfirmedPlace } from './confirmed-place.ts';
import { serverMessage } from './replication-messages.ts';

/** Collaborators of a `ChangesReading`. */
export interface ChangesReadingDeps {
  readonly context: ReceiverContext<unknown>;
  readonly socket: { pause(): void; resume(): void };
  readonly confirmed: ConfirmedPlace;
  readonly malformed: MalformedReaction;
  readonly operations: ReadonlySet<ChangeOperation>;
  /** The identity of the server. */
  readonly system: string;
  /** The last registered change; undefined for a new stream. */
  readonly resumeFrom: PostgresChangesPosition | undefined;
  /** The server asks for a status. */
  readonly onAsked: () => void;
  /** Called once, with an error of a message or of the engine. */
  readonly onFailure: (error: unknown) => void;
}

/** Reads the changes of one connection. */
export class ChangesReading {
  /** Changes that the server has sent again. */
  redelivered = 0;
  readonly #deps: ChangesReadingDeps;
  readonly #parser = new ChangeParser();
  readonly #queue: Buffer[] = [];
  #transaction: TransactionFacts | undefined;
  #index = 0;
  #isHeld = false;
  #isEnded = false;

  constructor(deps: ChangesReadingDeps) {
    this.#deps = deps;
  }

  /** True while the engine takes no records and the socket is paused. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Takes a message; the bytes may be overwritten after the call. */
  take(bytes: Buffer): void {
    if (this.#isEnded) return;
    if (this.#isHeld) this.#queue.push(Buffer.from(bytes));
    else this.#guarded(() => this.#handle(bytes));
  }

  /** Takes nothing any more. */
  end(): void {
    this.#isEnded = true;
    this.#queue.length = 0;
  }

  #handle(bytes: Buffer): void {
    const message = serverMessage(bytes);
    if (message.kind === 'data') return this.#change(message.bytes);
    this.#deps.confirmed.passed(message.sentUpTo);
    if (message.isAsking) this.#deps.onAsked();
  }

  #change(bytes: Buffer): void {
    const { confirmed } = this.#deps;
    const parsed = this.#parser.parse(bytes);
    if (parsed.kind === 'changes') for (const change of parsed.changes) this.#store(change, bytes.length);
    else if (parsed.kind === 'begin') {
      this.#transaction = parsed.facts;
      this.#index = 0;
      confirmed.begin();
    } else if (parsed.kind === 'end') confirmed.end(parsed.place);
  }

  #store(change: PartialChange, bytes: number): void {
    const { context, confirmed, malformed, operations, system, resumeFrom } = this.#deps;
    const facts = this.#transaction;
    if (facts === undefined) throw new Error('expected the begin of a transaction before its changes');
    const { commit } = facts;
    const index = this.#nextIndex();
    if (this.#isEnded || !operations.has(change.operation)) return;
    if (isUpTo(commit, index, resumeFrom)) {
      this.redelivered += 1;
      return;
    }
    const problem = problemOf(change);
    if (problem !== undefined) {
      const place = `a change of ${JSON.stringify(`${change.schema}.${change.table}`)} at ${commit}`;
      if (!malformed.leaveOut(problem, place)) this.end();
      return;
    }
    const position: PostgresChangesPosition = { system, commit, index };
    confirmed.stored(position);
    const record: PostgresChange = { ...change, ...facts };
    if (!context.store(record, position, bytes) && !this.#isHeld) void this.#hold();
  }

  #nextIndex(): number {
    this.#index += 1;
    return this.#index;
  }

  /** Never rejects. */
  async #hold(): Promise<void> {
    const { context, socket, onFailure } = this.#deps;
    this.#isHeld = true;
    socket.pause();
    try {
      await context.ready();
    } catch (error) {
      if (!context.signal.aborted) onFailure(error);
      return;
    }
    this.#isHeld = false;
    this.#guarded(() => this.#drain());
    if (!this.#isHeld) socket.resume();
  }

  #drain(): void {
    let next = 0;
    for (; next < this.#queue.length && !this.#isHeld && !this.#isEnded; next += 1)
      this.#handle(this.#queue[next] as Buffer);
    this.#queue.splice(0, next);
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (this.#deps.context.signal.aborted || this.#isEnded) return;
      this.end();
      this.#deps.onFailure(error);
    }
  }
}
