// The executors of a host, by session. A session is launched once: a repeated launch changes nothing, and a launch that
// arrives after the end of its session runs nothing.
import type { Clock, MillraceError } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';
import { briefError } from './brief-error.ts';
import type { ExecutorRunner, RunningExecutor } from './executor-runner.ts';
import type { EndedExecutor, HostLaunch } from './host-messages.ts';

/** Collaborators of `RunningExecutors`. */
export interface RunningExecutorsDeps {
  readonly runner: ExecutorRunner;
  readonly slots: number;
  readonly clock: Clock;
  /** Called when an executor has begun or ended. */
  readonly onChanged: () => void;
}

/** The number of ended sessions that a host remembers, and the number of those in a beat. */
const REMEMBERED_MAX = 4_096;
const TOLD_MAX = 16;
/** The time for which beats tell of an end, in milliseconds: a driver that hears nothing for as long has lost the host. */
const TOLD_MS = 30_000;

interface Running {
  readonly slot: number;
  readonly executor: RunningExecutor;
  /** The reason of a requested end, which counts more than the words of the runner. */
  killed?: MillraceError;
}

/** Runs, ends and remembers executors. */
export class RunningExecutors {
  readonly #deps: RunningExecutorsDeps;
  readonly #running = new Map<string, Running>();
  /** In order of their ends. */
  readonly #ended = new Map<string, { readonly told: EndedExecutor; readonly atMs: number }>();

  constructor(deps: RunningExecutorsDeps) {
    this.#deps = deps;
  }

  /** The sessions of running executors. */
  sessions(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** The executors that ended last. */
  ended(): readonly EndedExecutor[] {
    const sinceMs = this.#deps.clock.monotonicMs() - TOLD_MS;
    const last = [...this.#ended.values()].slice(-TOLD_MAX);
    return last.filter(({ atMs }) => atMs >= sinceMs).map(({ told }) => told);
  }

  /** Runs an executor, unless its session is known. @throws `MR_REMOTE_SLOT_TAKEN`, and the errors of the runner. */
  launch(launch: HostLaunch): void {
    const { session, slot } = launch;
    if (this.#running.has(session) || this.#ended.has(session)) return;
    const { slots, runner, onChanged } = this.#deps;
    const isTaken = [...this.#running.values()].some((running) => running.slot === slot);
    if (isTaken || slot >= slots) {
      const state = isTaken ? 'is occupied by another executor' : `does not exist: the host has ${slots}`;
      throw remoteError('MR_REMOTE_SLOT_TAKEN', `slot ${slot} of the host ${state}`, {
        details: { slot, slots },
      });
    }
    const executor = runner.run(launch);
    this.#running.set(session, { slot, executor });
    executor.onExit(({ reason, isQuiet }) => this.#end(session, reason, isQuiet));
    onChanged();
  }

  /** Ends the executor of a session, or prevents its launch. Resolves when the executor has ended. */
  async kill(session: string, reason: MillraceError): Promise<void> {
    const running = this.#running.get(session);
    if (running === undefined) return this.#remember({ session, error: briefError(reason), isQuiet: false });
    running.killed ??= reason;
    await running.executor.terminate();
    this.#end(session, reason, false);
  }

  /** Ends all executors. Resolves when all have ended. */
  async killAll(reason: MillraceError): Promise<void> {
    await Promise.all(this.sessions().map((session) => this.kill(session, reason)));
  }

  #end(session: string, reason: MillraceError, isQuiet: boolean): void {
    const running = this.#running.get(session);
    if (running === undefined) return;
    this.#running.delete(session);
    this.#remember({ session, error: briefError(running.killed ?? reason), isQuiet });
    this.#deps.onChanged();
  }

  #remember(ended: EndedExecutor): void {
    if (this.#ended.has(ended.session)) return;
    this.#ended.set(ended.session, { told: ended, atMs: this.#deps.clock.monotonicMs() });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > REMEMBERED_MAX && oldest !== undefined) this.#ended.delete(oldest);
  }
}
