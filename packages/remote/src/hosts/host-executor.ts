// An executor on a host, in the view of the driver. Launch and end are asked again until the host answers, or until the host
// is lost. The host's beats tell of the end.
import type { Clock, ExecutorId, MillraceError } from '@millrace/core';
import { deserializeError, isError } from '@millrace/core/engine';
import type { ExecutorExit, LaunchedExecutor } from '../executor-launcher.ts';
import { remoteError } from '../remote-errors.ts';
import type { Transport } from '../transport.ts';
import {
  BEAT_MS,
  type HostBeat,
  type HostLaunch,
  type HostReply,
  type HostRequest,
} from './host-messages.ts';
import type { DriverWire } from './host-wire.ts';

/** Collaborators of a `HostExecutor`. */
export interface HostExecutorDeps {
  readonly host: string;
  readonly launch: HostLaunch;
  /** The driver's end of the session. */
  readonly end: Transport;
  readonly wire: Pick<DriverWire, 'request'>;
  readonly clock: Clock;
  /** Called when the executor is gone, so that another one can have its slot. */
  readonly onGone: () => void;
}

/** The delay before a request is repeated, in milliseconds. */
const REPEAT_MS = 200;

/** One executor on a host. */
export class HostExecutor implements LaunchedExecutor {
  readonly #deps: HostExecutorDeps;
  readonly #gone = Promise.withResolvers<void>();
  #exited: ((exit: ExecutorExit) => void) | undefined;
  #exit: ExecutorExit | undefined;
  #isGone = false;
  #isTerminating = false;
  /** The first beat that knows of the launch; undefined before the host has answered. */
  #knownSince: number | undefined;
  #newest: HostBeat | undefined;

  constructor(deps: HostExecutorDeps) {
    this.#deps = deps;
    void this.#launch();
  }

  get executorId(): ExecutorId {
    return this.#deps.launch.executorId;
  }

  get host(): string {
    return this.#deps.host;
  }

  get end(): Transport {
    return this.#deps.end;
  }

  /** The session of the executor. */
  get session(): string {
    return this.#deps.launch.session;
  }

  onExit(exited: (exit: ExecutorExit) => void): void {
    this.#exited = exited;
    if (this.#exit !== undefined) queueMicrotask(() => exited(this.#exit as ExecutorExit));
  }

  /** Resolves when the host has ended the executor, or is lost. */
  async terminate(): Promise<void> {
    if (!this.#isTerminating && !this.#isGone) {
      this.#isTerminating = true;
      const { launch } = this.#deps;
      const { epoch, driver, session } = launch;
      await this.#askUntilAnswered({ kind: 'kill', epoch, driver, session });
      // A refusal comes from a host that serves a later driver and has ended this executor.
      this.#over(remoteError('MR_REMOTE_KILLED', 'the driver ended the executor'), false);
    }
    await this.#gone.promise;
  }

  /** The host says what is running. */
  heard(beat: HostBeat): void {
    this.#newest = beat;
    this.#look();
  }

  /** The host is gone. */
  lost(reason: MillraceError): void {
    this.#over(reason, false);
  }

  async #launch(): Promise<void> {
    const reply = await this.#askUntilAnswered(this.#deps.launch);
    if (reply === undefined || this.#isTerminating) return;
    if (!reply.isOk) return this.#over(deserializeError(reply.error), false);
    this.#knownSince = reply.beat;
    this.#look();
  }

  /** The reply; undefined when the executor is over first, or when the launch has become needless. */
  async #askUntilAnswered(request: HostRequest): Promise<HostReply | undefined> {
    const { wire, host, clock } = this.#deps;
    const isNeeded = () => !this.#isGone && (request.kind !== 'launch' || !this.#isTerminating);
    while (isNeeded()) {
      try {
        return await wire.request(host, request, BEAT_MS);
      } catch {
        // No answer: the host may have got the request or not, and a repetition does no harm.
        await clock.sleepFor(REPEAT_MS);
      }
    }
    return undefined;
  }

  #look(): void {
    const beat = this.#newest;
    if (beat === undefined || this.#knownSince === undefined || beat.beat < this.#knownSince) return;
    if (beat.running.includes(this.session)) return;
    const told = beat.ended.find(({ session }) => session === this.session);
    if (told === undefined)
      return this.#over(remoteError('MR_REMOTE_VANISHED', 'the host runs the executor no more'), false);
    this.#over(deserializeError(told.error), told.isQuiet);
  }

  #over(error: Error, isQuiet: boolean): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const { end, onGone } = this.#deps;
    end.close();
    this.#exit = { reason: asMillraceError(error), isQuiet };
    this.#gone.resolve();
    onGone();
    this.#exited?.(this.#exit);
  }
}

/** An error of a host may be of any kind. */
function asMillraceError(error: Error): MillraceError {
  if (isError(error) && 'code' in error && 'disposition' in error) return error as MillraceError;
  return remoteError('MR_REMOTE_LAUNCH_FAILED', error.message, { cause: error });
}
