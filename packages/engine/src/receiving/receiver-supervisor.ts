// Supervises one attempt of one receiver on this executor: registers with the driver, runs the receiver, and runs it
// again after a restart, until it is final, has failed, or is stopped. One loop does all of this, so there is never
// more than one live receiver object, and each requester only leaves a request:
//
//   register ──► run ──► report the start ──► end (flush) ──► deregister ──► final, failed, stopped: over
//      ▲                                                          └── restarting ──► wait ──┐
//      └────────────────────────────────────────────────────────────────────────────────────┘
//
// The meaning of each end: a receiver's own `restart`, a start that threw and a failed acknowledgement restart here. A
// block that could not be stored is a failure of this executor as much as of the receiver: the receiver deregisters as
// `failed`, and the driver decides where it continues. A receiver's own `stop` is final.
import { coreError } from '@millrace/core';
import {
  type LogEntry,
  type DeregisterReceiver,
  type RegisterReceiverReply,
  type StopReceiverReply,
  serializeError,
} from '@millrace/core/engine';
import type { ReceiverReading } from '@millrace/core/observation';
import type { Holdings } from '../holdings.ts';
import { type EndRequest, ReceiverRun, type ReceiverRunDeps, type RunStart } from './receiver-run.ts';
import { receivingError } from './receiving-errors.ts';
import { RestartDelays } from './restart-delays.ts';
import { untilAborted } from './waiting.ts';

/** The phases of a supervisor. */
export type ReceiverSupervisorState =
  'Initialized' | 'Registering' | 'Running' | 'Ending' | 'Waiting' | 'Stopped';

/** Supervises one receiver attempt. */
export class ReceiverSupervisor {
  readonly #deps: ReceiverRunDeps;
  readonly #delays: RestartDelays;
  /** Aborted when the end is requested from outside. */
  readonly #stopping = new AbortController();
  /** Aborted when the time for the end is over. */
  readonly #expired = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #state: ReceiverSupervisorState = 'Initialized';
  #run: ReceiverRun | undefined;
  /** The number of runs of this attempt so far. */
  #runs = 0;
  #stopRequest: EndRequest | undefined;
  #recordsLeft = 0;

  constructor(deps: ReceiverRunDeps) {
    this.#deps = deps;
    this.#delays = new RestartDelays(deps.options, deps.random);
  }

  /** The present phase. */
  get state(): ReceiverSupervisorState {
    return this.#state;
  }

  /** The amounts of the supervisor, see `Holdings`. Empty while no receiver runs. */
  get holdings(): Holdings {
    return this.#run?.holdings ?? { underWay: {}, kept: {} };
  }

  /** The amounts for observers; undefined while no receiver runs. */
  get reading(): ReceiverReading | undefined {
    return this.#run?.reading;
  }

  /** Resolves when the attempt has ended and the driver knows. Never rejects. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Begins, once. Has no effect after a stop. */
  start(): void {
    if (this.#state !== 'Initialized') return;
    this.#state = 'Registering';
    void this.#live();
  }

  /**
   * Stops the receiver for good: its stored records are flushed within `withinMs`. Answers after the deregistration, or
   * when that time is over. Of repeated calls, the earliest end counts.
   *
   * @param withinMs Milliseconds from now; 0 stops at once and leaves unstored records behind.
   */
  async stop(message: string, withinMs: number): Promise<StopReceiverReply> {
    const { clock } = this.#deps;
    this.#requestStop(message);
    const deadline = clock.after(withinMs, () => this.#expire());
    await this.ended;
    deadline.cancel();
    return { recordsLeft: this.#recordsLeft };
  }

  /** Changes the rate limits of the receiver, in records and, unless absent, in bytes per second. */
  updateRateLimit(recordsPerSecond: number, bytesPerSecond?: number): void {
    this.#deps.limiter.updateRate(recordsPerSecond, bytesPerSecond);
  }

  #requestStop(message: string): void {
    if (this.#state === 'Initialized') this.#finish();
    this.#stopRequest ??= { kind: 'stopped', message };
    this.#stopping.abort(coreError('MR_RECEIVER_NOT_RUNNING', `the receiver is stopped: ${message}`));
    this.#run?.ask(this.#stopRequest);
  }

  #expire(): void {
    this.#expired.abort(receivingError('MR_RECEIVER_BLOCK_NOT_STORED', 'the deadline of the stop has come'));
    this.#run?.giveUp();
  }

  #finish(): void {
    this.#state = 'Stopped';
    this.#ended.resolve();
  }

  async #live(): Promise<void> {
    try {
      for (;;) {
        this.#state = 'Registering';
        const reply = await this.#register();
        if (this.#stopRequest === undefined && reply?.accepted !== true) return;
        const readsDriverLog = await this.#readsLog(reply?.logEntry);
        // A registration may have arrived, or is expected after a restart: the driver has to learn that none follows.
        if (this.#stopRequest !== undefined) return await this.#deregister(this.#stopRequest, 0);
        const delayMs = await this.#runOnce({ resumeFrom: reply?.resumeFrom, readsDriverLog });
        if (delayMs === undefined) return;
        await this.#rest(delayMs);
      }
    } catch (error) {
      // Every step handles its own errors; an unforeseen error must still end the supervisor.
      this.#deps.log.error('a receiver supervisor failed', { error });
    } finally {
      this.#finish();
    }
  }

  /** The driver's answer; undefined without one, or when a stop came first. */
  async #register(): Promise<RegisterReceiverReply | undefined> {
    if (this.#stopRequest !== undefined) return undefined;
    const { streamId, attemptId, identity, receiver, link, log } = this.#deps;
    const { executorId, host } = identity;
    this.#runs += 1;
    const request = { streamId, attemptId, receiverName: receiver.name, executorId, host, run: this.#runs };
    try {
      const reply = await link.ask({ kind: 'RegisterReceiver', request, signal: this.#stopping.signal });
      if (!reply.accepted) log.info('the driver refused the receiver', { reason: reply.reason });
      return reply;
    } catch (error) {
      if (!this.#stopping.signal.aborted) log.warn('the receiver could not be registered', { error });
      return undefined;
    }
  }

  /** Returns whether the handler reads the log of this entry. Does not wait longer than until the end is requested. */
  async #readsLog(entry: LogEntry | undefined): Promise<boolean> {
    const { handler, log } = this.#deps;
    if (entry === undefined || handler.readsLog === undefined) return false;
    try {
      return await untilAborted(handler.readsLog(entry), this.#stopping.signal);
    } catch (error) {
      if (!this.#stopping.signal.aborted) log.debug("the driver's log could not be read", { error });
      return false;
    }
  }

  /** Returns the delay before the next run, in milliseconds; undefined: no run follows. */
  async #runOnce(start: RunStart): Promise<number | undefined> {
    const { log, receiver } = this.#deps;
    const reporting = new AbortController();
    const run = new ReceiverRun(this.#deps, start, () => void this.#reportStarted(reporting.signal));
    this.#run = run;
    this.#state = 'Running';
    log.debug('receiver starts', { description: receiver.description });
    run.begin();
    await run.asked;
    reporting.abort();
    this.#state = 'Ending';
    const { request, ranMs, recordsLeft } = await run.end();
    this.#run = undefined;
    this.#recordsLeft = recordsLeft;
    const delayMs = request.kind === 'restart' ? this.#delays.next(ranMs, request.delayMs) : undefined;
    await this.#deregister(request, recordsLeft, delayMs);
    return delayMs;
  }

  /** Reports the start until the driver answers or the run is asked to end. Never rejects. */
  async #reportStarted(signal: AbortSignal): Promise<void> {
    const { streamId, attemptId, link, log } = this.#deps;
    const request = { streamId, attemptId, run: this.#runs };
    try {
      await link.ask({ kind: 'ReportStarted', request, signal });
    } catch (error) {
      if (!signal.aborted) log.warn('the driver may not know that the receiver started', { error });
    }
  }

  async #deregister(request: EndRequest, recordsLeft: number, delayMs?: number): Promise<void> {
    const { streamId, attemptId, link, log } = this.#deps;
    const { message, error } = request;
    const reason = request.kind === 'restart' ? 'restarting' : request.kind;
    const fields = { reason, why: message, recordsLeft, ...(error === undefined ? {} : { error }) };
    // The driver, which counts the restarts, reports a restart to operators.
    if (reason === 'failed' || recordsLeft > 0) log.error('receiver ended', fields);
    else log[reason === 'restarting' ? 'debug' : 'info']('receiver ended', fields);
    const deregistration: DeregisterReceiver = {
      streamId,
      attemptId,
      run: this.#runs,
      message,
      reason,
      recordsLeft,
      ...(delayMs === undefined ? {} : { delayMs }),
      ...(error === undefined ? {} : { error: serializeError(error) }),
    };
    // A restart has nothing to wait for once the end is requested; that end is reported next.
    const { signal } = reason === 'restarting' ? this.#stopping : this.#expired;
    try {
      await link.ask({ kind: 'DeregisterReceiver', request: deregistration, signal });
    } catch (cause) {
      log.warn('the driver may not know that the receiver ended', { reason, error: cause });
    }
  }

  async #rest(delayMs: number): Promise<void> {
    const { clock, log } = this.#deps;
    this.#state = 'Waiting';
    log.debug('receiver restarts', { delayMs });
    // Rejects when the end is requested; `#register` sees that.
    await clock.sleepFor(delayMs, this.#stopping.signal).catch(() => undefined);
  }
}
