// The life of the receiver behind `postgresChanges`. One object is one connection and reads one slot; the connection stays until
// `closed`, because acknowledgements go over it.
import { clientSettings } from '@millrace/connection-postgres';
import type { Receiver, ReceiverContext, Timer } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { postgresFailure, unusableTls } from '../connection/postgres-failure.ts';
import { ServerSession } from '../connection/session.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import type { PostgresChangesOptions } from './changes-options.ts';
import { keptChange, type PostgresChangesPosition } from './changes-position.ts';
import { ChangesReading } from './changes-reading.ts';
import { ConfirmedPlace } from './confirmed-place.ts';
import { statusMessage } from './replication-messages.ts';
import { readySlot, startStatement } from './replication-slot.ts';

/** The server gets a status this many times within its patience, and every ten seconds at least. */
const STATUS_PARTS = 3;
const STATUS_MAX_MS = 10_000;

/** Everything of a replication that has begun. */
interface Replication {
  readonly context: ReceiverContext<unknown>;
  readonly session: ServerSession;
  readonly confirmed: ConfirmedPlace;
  readonly reading: ChangesReading;
  readonly malformed: MalformedReaction;
  readonly statusMs: number;
}

/** Reads the changes of a publication through a slot. */
export class ChangesReceiver implements Receiver<unknown> {
  readonly #options: PostgresChangesOptions;
  #session: ServerSession | undefined;
  #replication: Replication | undefined;
  #status: Timer | undefined;
  /** True from a question to the server until its next message. */
  #isAsking = false;
  /** True once the server sends. */
  #hasBegun = false;
  #isFailed = false;
  #isClosed = false;

  constructor(options: PostgresChangesOptions) {
    this.#options = options;
  }

  /** Resolves when the server has begun to send. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const resumeFrom = context.resumeFrom === undefined ? undefined : keptChange(context.resumeFrom);
      const settings = await clientSettings(this.#options, {
        storage: context.storage,
        unusableTls,
      });
      const session = new ServerSession(
        { ...settings, replication: 'database' } as typeof settings,
        this.#options.requestTimeoutMs,
      );
      this.#session = session;
      if (context.signal.aborted) return;
      await session.connect();
      await this.#replicate(context, session, resumeFrom);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure(error);
    }
  }

  /** Confirms the transactions that are acknowledged as a whole. */
  acknowledge(tokens: readonly unknown[]): void {
    const last = tokens.at(-1);
    const replication = this.#replication;
    if (last === undefined || replication === undefined) return;
    replication.confirmed.acknowledge(last as PostgresChangesPosition);
    this.#tell(replication, { isAsking: false });
  }

  /** Ends reading. The connection stays until `closed`, so that acknowledgements are confirmed. */
  stop(): void {
    const replication = this.#replication;
    // A start that is pending, or has failed.
    if (replication === undefined || !this.#hasBegun) return this.#session?.destroy();
    replication.reading.end();
    replication.session.pause();
    replication.malformed.end();
  }

  /** Tells the confirmed place a last time, and waits for the server to give the slot free. */
  async closed(): Promise<void> {
    this.#isClosed = true;
    this.#status?.cancel();
    const replication = this.#replication;
    if (replication === undefined || !this.#hasBegun) return this.#session?.destroy();
    this.#tell(replication, { isAsking: false });
    await replication.session.close(replication.context.clock);
  }

  /** The changes that the server has sent again. */
  gauges(): ReceiverGauges {
    return { redeliveredRecords: this.#replication?.reading.redelivered ?? 0 };
  }

  async #replicate(
    context: ReceiverContext<unknown>,
    session: ServerSession,
    resumeFrom: PostgresChangesPosition | undefined,
  ): Promise<void> {
    const { operations, onMalformed, slot, publication } = this.#options;
    const ready = await readySlot(session, this.#options, { resumeFrom, log: context.log });
    if (context.signal.aborted) return;
    const confirmed = new ConfirmedPlace(ready.confirmed);
    const malformed = malformedReaction(context, onMalformed);
    const fail = (error: unknown): void => this.#fail(context, error);
    const reading: ChangesReading = new ChangesReading({
      context,
      socket: session,
      confirmed,
      malformed,
      operations: new Set(operations),
      system: ready.system,
      resumeFrom,
      onAsked: () => this.#tell(replication, { isAsking: false }),
      onFailure: fail,
    });
    const statusMs = statusIntervalMs(ready.senderTimeoutMs);
    const replication: Replication = { context, session, confirmed, reading, malformed, statusMs };
    // The first messages may come before the next turn.
    this.#replication = replication;
    await session.replicate(startStatement(this.#options), {
      onMessage: (bytes) => {
        this.#answered(session);
        reading.take(bytes);
      },
      onEnd: fail,
    });
    this.#hasBegun = true;
    this.#tellAgain(replication);
    context.log.info('receiver reads changes', { slot, publication, confirmed: ready.confirmed });
  }

  /** Tells the status now and then, also while the socket is paused: the server ends a silent connection. */
  #tellAgain(replication: Replication): void {
    const { context, session, reading, statusMs } = replication;
    if (this.#isClosed) return;
    this.#status = context.clock.after(statusMs, () => {
      const isHeard = !reading.isHeld && !context.signal.aborted;
      if (!isHeard) this.#answered(session);
      if (!this.#isAsking) this.#tell(replication, { isAsking: isHeard });
      // A server that does not answer in time is gone, although the connection may seem to stand.
      if (isHeard && !this.#isAsking) {
        this.#isAsking = true;
        session.limitSilence(true);
      }
      this.#tellAgain(replication);
    });
  }

  #answered(session: ServerSession): void {
    if (!this.#isAsking) return;
    this.#isAsking = false;
    session.limitSilence(false);
  }

  #tell({ session, confirmed, context }: Replication, { isAsking }: { readonly isAsking: boolean }): void {
    session.send(statusMessage({ confirmed: confirmed.place, nowMs: context.clock.now(), isAsking }));
  }

  /** Requests a restart, once. */
  #fail(context: ReceiverContext<unknown>, error: unknown): void {
    if (this.#isFailed || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure(error);
    context.restart(failure.message, failure);
  }

  #failure(error: unknown) {
    return postgresFailure(error, `read the slot ${JSON.stringify(this.#options.slot)}`, this.#options);
  }
}

/** The time between two statuses for a server that waits this long; 0: for ever. */
function statusIntervalMs(senderTimeoutMs: number): number {
  if (senderTimeoutMs === 0) return STATUS_MAX_MS;
  return Math.max(1, Math.min(STATUS_MAX_MS, Math.floor(senderTimeoutMs / STATUS_PARTS)));
}
