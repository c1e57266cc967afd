// Output of a process whose reader may go away (`| head -1`). Node ends a process that nobody prepared for that, with a
// stack trace; so whoever writes to an output prepares first. What follows is the writer's decision.
import type { Writable } from 'node:stream';
import { systemCode } from './storage-failure.ts';

/** An output that survives the loss of its reader. */
export interface GuardedOutput {
  /** False once a write has failed: later text goes nowhere. */
  readonly isOpen: boolean;
  /** Writes text. Never throws; text that cannot be written is lost. */
  write(text: string): void;
  /** Calls `listener` once: when the reader is gone, or at once when it is. Answers how to take the listener back. */
  onClosed(listener: () => void): () => void;
}

/** Where a stream keeps its guard: one guard and one listener, however many contexts write to the stream. */
const GUARD = Symbol.for('millrace:guarded-output');

/** The guard of a stream of the process. The same stream has the same guard. */
export function guardedOutput(stream: Writable): GuardedOutput {
  const guarded = stream as Writable & { [GUARD]?: GuardedOutput };
  guarded[GUARD] ??= new StreamGuard(stream);
  return guarded[GUARD];
}

/**
 * Ends the process when nobody reads its standard output any more, quietly: with the exit code that is set, else 0. For
 * commands. An unread standard error changes nothing.
 */
export function endWhenUnread(): void {
  guardedOutput(process.stderr);
  guardedOutput(process.stdout).onClosed(() => process.exit());
}

class StreamGuard implements GuardedOutput {
  readonly #stream: Writable;
  readonly #listeners = new Set<() => void>();
  #isOpen = true;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => this.#onError(error));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  write(text: string): void {
    if (!this.#isOpen) return;
    try {
      this.#stream.write(text);
    } catch (error) {
      this.#onError(error);
    }
  }

  onClosed(listener: () => void): () => void {
    if (!this.#isOpen) listener();
    else this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A full disk behind `>` may have room again; a reader that is gone stays away. */
  #onError(error: unknown): void {
    const isGone = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(
      systemCode(error) ?? '',
    );
    if (!isGone || !this.#isOpen) return;
    this.#isOpen = false;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
