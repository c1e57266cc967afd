// One life of one executor as the driver sees it: from its launch until it is gone, for whatever reason. A life ends once
// and says why; what comes next is decided by the slot it sits in.
//
//   launched ──hello, same program──► welcome ──ready──► serving ──┬─ thread gone: crashed, exited, out of memory
//      │                                                           ├─ no sign of life: terminated, not responding
//      └─ differs, ended, too late                                 └─ asked to end: ended
import {
  type Clock,
  type ExecutorDescription,
  isMillraceError,
  type Logger,
  type MillraceError,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type DriverEndpoint, type DriverProgram, serializeError } from '@millrace/core/engine';
import { unpackFields } from './channel-logger.ts';
import { RpcChannel } from './rpc-channel.ts';
import type { FromDriver, FromExecutor } from './envelope.ts';
import { wordOfExecutor } from './envelope-shapes.ts';
import type { LaunchedExecutor } from './executor-launcher.ts';
import { Heartbeat } from './heartbeat.ts';
import { programDifference } from './program-difference.ts';
import { threadsError } from './threads-errors.ts';
import type { ThreadsOptions } from './threads.options.ts';

/** What a life is made of. */
export interface ExecutorLifeDeps {
  readonly description: ExecutorDescription;
  readonly launched: LaunchedExecutor;
  readonly program: Pick<DriverProgram, 'driver' | 'fingerprint' | 'shape'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: ThreadsOptions;
  /** It is ready for messages. */
  readonly onReady: (life: ExecutorLife) => void;
  /** It is over. Told once; undefined: it was asked to end. */
  readonly onOver: (life: ExecutorLife, reason: MillraceError | undefined) => void;
}

/** How long an executor may take to close what it holds when it is told to end, in milliseconds. */
const END_MS = 1_000;

/** One executor, until it is gone. */
export class ExecutorLife {
  readonly description: ExecutorDescription;
  readonly #deps: ExecutorLifeDeps;
  readonly #conversation: RpcChannel;
  readonly #heartbeat: Heartbeat;
  readonly #ended = Promise.withResolvers<void>();
  #isReady = false;
  #isEnding = false;
  #isOver = false;

  constructor(deps: ExecutorLifeDeps) {
    const { launched, clock, options, program } = deps;
    this.description = deps.description;
    this.#deps = deps;
    this.#conversation = new RpcChannel({
      end: launched.end,
      answer: (kind, request) => askDriver(program.driver, kind, request),
      unreachable: (kind) => this.#unreachable(kind),
      onOther: (message) => this.#take(wordOfExecutor(message)),
    });
    this.#heartbeat = new Heartbeat({
      clock,
      periodMs: options.heartbeatMs,
      // Until it is ready it loads the program, which may take its time in one go.
      patienceMs: () => (this.#isReady ? options.heartbeatTimeoutMs : options.startTimeoutMs),
      beat: () => this.#post({ type: 'ping' }),
      onSilence: (silentMs) => this.#silent(silentMs),
    });
    launched.onExit((reason) => this.#over(reason));
    this.#heartbeat.start();
  }

  /** Whether it takes messages. */
  get isReady(): boolean {
    return this.#isReady && !this.#isOver;
  }

  /** When it became ready, on the monotonic clock. */
  readySinceMs: number | undefined;

  /** Asks it; rejects with `MR_EXECUTOR_UNREACHABLE` when it is gone or goes before it answers. */
  ask(kind: string, request: unknown): Promise<unknown> {
    return this.#isReady ? this.#conversation.ask(kind, request) : Promise.reject(this.#unreachable(kind));
  }

  /** Gives it a connection to another executor. */
  connect(executorId: string, attachment: unknown): void {
    this.#deps.launched.end.postWith({ type: 'peer', executorId } satisfies FromDriver, attachment);
  }

  /** Ends it: it closes what it holds, then its thread goes. Bounded; may be repeated. */
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

  #silent(silentMs: number): void {
    const { executorId } = this.description;
    const details = { executorId, silentMs };
    this.#fail(
      this.#isReady
        ? threadsError('MR_THREADS_NOT_RESPONDING', `no sign of life for ${silentMs} ms`, { details })
        : threadsError('MR_THREADS_NOT_READY', `expected it to be ready within ${silentMs} ms`, { details }),
    );
  }

  /** It is of no use any more: what is left of it is removed. */
  #fail(reason: Error): void {
    this.#over(reason as MillraceError);
    // A thread that is over already cannot fail to end.
    void this.#deps.launched.terminate().catch(() => undefined);
  }

  #over(reason: MillraceError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#heartbeat.stop();
    this.#conversation.close();
    this.#ended.resolve();
    this.#deps.onOver(this, this.#isEnding ? undefined : this.#reasonOf(reason));
  }

  /** A program that ends by itself before it was ready has not reached `start()`. */
  #reasonOf(reason: MillraceError | undefined): MillraceError | undefined {
    const isQuietEnd = isMillraceError(reason, 'MR_THREADS_EXITED') && reason.details['exitCode'] === 0;
    if (this.#isReady || !isQuietEnd) return reason;
    return threadsError(
      'MR_THREADS_PROGRAM_ENDED',
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

/** Kind and types belong together on both sides of the border; in between they are data. */
function askDriver(driver: DriverEndpoint, kind: string, request: unknown): Promise<unknown> {
  return driver.ask(kind as 'AddBlock', request as never);
}
