// One life of one executor in the view of the driver: from the launch until the executor is gone, for any reason. A
// life ends once and reports its reason; the slot of the life decides the next step.
//
//   launched ──hello, same program──► welcome ──ready──► serving ──┬─ thread gone: crashed, exited, out of memory
//      │                                                           ├─ no heartbeat: terminated, not responding
//      └─ differs, ended, too late                                 └─ end requested: ended
import type { Clock, ExecutorDescription, Logger, MillraceError, Timer } from '@millrace/core';
import { coreError } from '@millrace/core';
import { type DriverEndpoint, type DriverProgram, serializeError } from '@millrace/core/engine';
import { unpackFields } from './channel-logger.ts';
import { RpcChannel } from './rpc-channel.ts';
import type { FromDriver, FromExecutor } from './envelope.ts';
import { wordOfExecutor } from './envelope-shapes.ts';
import type { ExecutorExit, LaunchedExecutor } from './executor-launcher.ts';
import { Heartbeat } from './heartbeat.ts';
import { programDifference } from './program-difference.ts';
import { remoteError } from './remote-errors.ts';
import type { RemoteExecutorOptions } from './remote-options.ts';

/** Collaborators of an `ExecutorLife`. */
export interface ExecutorLifeDeps {
  readonly description: ExecutorDescription;
  readonly launched: LaunchedExecutor;
  readonly program: Pick<DriverProgram, 'driver' | 'fingerprint' | 'shape'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: RemoteExecutorOptions;
  /** Called when the executor is ready for messages. */
  readonly onReady: (life: ExecutorLife) => void;
  /** Called once when the life is over; undefined: the end was requested. */
  readonly onOver: (life: ExecutorLife, reason: MillraceError | undefined) => void;
}

/** The time limit for an executor to close its resources after the request to end, in milliseconds. */
const END_MS = 1_000;

/**
 * The longest time between the end of the connection and the end of the executor, when both have one cause, in milliseconds. Longer
 * than a driver's own thread is busy at once, so that the exit is reported with its reason.
 */
const EXIT_MS = 5_000;

/** One executor, until its end. */
export class ExecutorLife {
  readonly description: ExecutorDescription;
  readonly #deps: ExecutorLifeDeps;
  readonly #channel: RpcChannel;
  readonly #heartbeat: Heartbeat;
  readonly #ended = Promise.withResolvers<void>();
  #isReady = false;
  #isEnding = false;
  #isOver = false;
  #exitTimer: Timer | undefined;

  constructor(deps: ExecutorLifeDeps) {
    const { launched, clock, options, program } = deps;
    this.description = deps.description;
    this.#deps = deps;
    this.#channel = new RpcChannel({
      end: launched.end,
      answer: (kind, request) => askDriver(program.driver, kind, request),
      unreachable: (kind) => this.#unreachable(kind),
      onOther: (message) => this.#take(wordOfExecutor(message)),
      onClose: () => this.#disconnected(),
    });
    this.#heartbeat = new Heartbeat({
      clock,
      periodMs: options.heartbeatMs,
      // Before it is ready, an executor loads the program, possibly in one long blocking step.
      patienceMs: () => (this.#isReady ? options.heartbeatTimeoutMs : options.startTimeoutMs),
      beat: () => this.#post({ type: 'ping' }),
      onSilence: (silentMs) => this.#silent(silentMs),
    });
    launched.onExit((exit) => this.#over(this.#reasonOf(exit)));
    this.#heartbeat.start();
  }

  /** True when the executor accepts messages. */
  get isReady(): boolean {
    return this.#isReady && !this.#isOver;
  }

  /** The time of becoming ready, on the monotonic clock. */
  readySinceMs: number | undefined;

  /** Sends a request; rejects with `MR_EXECUTOR_UNREACHABLE` when the executor is gone or ends before its reply. */
  ask(kind: string, request: unknown): Promise<unknown> {
    return this.#isReady ? this.#channel.ask(kind, request) : Promise.reject(this.#unreachable(kind));
  }

  /** Connects the executor to another executor. */
  connect(executorId: string, attachment: unknown): void {
    this.#deps.launched.end.postWith({ type: 'peer', executorId } satisfies FromDriver, attachment);
  }

  /** Ends the executor: resources are closed, then the thread ends. Bounded; may be repeated. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isEnding = true;
    const { clock, launched } = this.#deps;
    if (this.#isReady) {
      this.#post({ type: 'end' });
      const timer = clock.after(END_MS, () => this.#ended.resolve());
      await this.#ended.promise;
      timer.cancel();
    }
    await launched.terminate();
    this.#over(undefined);
  }

  #take(message: FromExecutor | undefined): void {
    if (message === undefined) return;
    this.#heartbeat.heard();
    if (message.type === 'hello') this.#hello(message);
    else if (message.type === 'ready') this.#ready();
    else if (message.type === 'ended') this.#ended.resolve();
    else if (message.type === 'log') {
      const { executorId } = this.description;
      this.#deps.log[message.level](message.message, { executorId, ...unpackFields(message.fields) });
    }
  }

  #hello(offer: Extract<FromExecutor, { type: 'hello' }>): void {
    const difference = programDifference(this.#deps.program, offer);
    if (difference === undefined) return this.#post({ type: 'welcome', executor: this.description });
    this.#post({ type: 'refused', error: serializeError(difference) });
    this.#fail(difference);
  }

  #ready(): void {
    if (this.#isReady || this.#isOver) return;
    this.#isReady = true;
    this.readySinceMs = this.#deps.clock.monotonicMs();
    this.#deps.onReady(this);
  }

  /** A connection may end before the exit of its executor is reported, or alone: an executor without one is of no use. */
  #disconnected(): void {
    if (this.#isOver || this.#isEnding) return;
    const { executorId } = this.description;
    const message = `the connection to executor ${executorId} ended before the executor`;
    this.#exitTimer = this.#deps.clock.after(EXIT_MS, () =>
      this.#fail(remoteError('MR_REMOTE_DISCONNECTED', message, { details: { executorId } })),
    );
  }

  #silent(silentMs: number): void {
    const { executorId } = this.description;
    const details = { executorId, silentMs };
    this.#fail(
      this.#isReady
        ? remoteError('MR_REMOTE_NOT_RESPONDING', `no sign of life for ${silentMs} ms`, { details })
        : remoteError('MR_REMOTE_NOT_READY', `expected the executor to be ready within ${silentMs} ms`, {
            details,
          }),
    );
  }

  /** The executor is of no further use: its remains are removed. */
  #fail(reason: Error): void {
    this.#over(reason as MillraceError);
    // Terminating a thread that has ended cannot fail.
    void this.#deps.launched.terminate().catch(() => undefined);
  }

  #over(reason: MillraceError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exitTimer?.cancel();
    this.#heartbeat.stop();
    this.#channel.close();
    this.#ended.resolve();
    this.#deps.onOver(this, this.#isEnding ? undefined : reason);
  }

  /** A program that ends without an error before the executor is ready has not reached `start()`. */
  #reasonOf({ reason, isQuiet }: ExecutorExit): MillraceError {
    if (this.#isReady || !isQuiet) return reason;
    return remoteError(
      'MR_REMOTE_PROGRAM_ENDED',
      'the program ended on an executor before start() of its context; every executor has to run the same code',
      { details: { executorId: this.description.executorId } },
    );
  }

  #unreachable(kind: string): Error {
    const { executorId } = this.description;
    return coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not alive`, {
      details: { executorId, kind },
    });
  }

  #post(message: FromDriver): void {
    if (!this.#isOver) this.#deps.launched.end.post(message);
  }
}

/** Kind and types match on both sides of the border; in between, messages are plain data. */
function askDriver(driver: DriverEndpoint, kind: string, request: unknown): Promise<unknown> {
  return driver.ask(kind as 'AddBlock', request as never);
}
