// Process output with a reader that may go away (`| head -1`). Node ends an unprepared process in this case, with a
// stack trace; a writer therefore installs a guard first. The writer decides about the further reaction.
import type { Writable } from 'node:stream';
import { systemCode } from './storage-failure.ts';

/** An output that survives the loss of its reader. */
export interface GuardedOutput {
  /** False once a write has failed: later text is dropped. */
  readonly isOpen: boolean;
  /** Writes text. Never throws; unwritable text is lost. */
  write(text: string): void;
  /**
   * Calls `listener` once: when the reader goes away, or at once when the reader is gone. Returns a function that
   * removes the listener.
   */
  onClosed(listener: () => void): () => void;
}

/**
 * The property for a stream's guard: one guard and one listener, for any number of contexts that write to the stream.
 */
const GUARD = Symbol.for('millrace:guarded-output');

/** The guard of a stream of the process. The same stream has the same guard. */
export function guardedOutput(stream: Writable): GuardedOutput {
  const guarded = stream as Writable & { [GUARD]?: GuardedOutput };
  guarded[GUARD] ??= new StreamGuard(stream);
  return guarded[GUARD];
}

/**
 * Ends the process quietly when its standard output has no reader any more: with the set exit code, else 0. For
 * commands. A standard error without reader changes nothing.
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

  /** A full disk behind `>` may have room again; a lost reader never returns. */
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
