// Where `print` writes: standard output, whose reader may go away (`| head`). A program whose output nobody reads any more
// ends, as programs in a pipe do; as a context it ends gracefully.
import { guardedOutput } from '@millrace/core/engine';

/** The standard output of one context. */
export class PrintedOutput {
  readonly #onClosed: () => void;
  #stopHearing: (() => void) | undefined;

  /** `onClosed`: called once, when text was written and nobody reads it. */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  /** Writes text. Never throws; text that nobody reads is lost. */
  write(text: string): void {
    const output = guardedOutput(process.stdout);
    this.#stopHearing ??= output.onClosed(this.#onClosed);
    output.write(text);
  }

  /** Tells nobody any more. */
  close(): void {
    this.#stopHearing?.();
  }
}
