// The output of `print`: standard output, whose reader may go away (`| head`). A program whose output has no reader
// any more ends, as programs in a pipe do; a context ends gracefully.
import { guardedOutput } from '@millrace/core/engine';

/** The standard output of one context. */
export class PrintedOutput {
  readonly #onClosed: () => void;
  #stopHearing: (() => void) | undefined;

  /** `onClosed`: called once, when text was written and there is no reader any more. */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  /** Writes text. Never throws; text without a reader is lost. */
  write(text: string): void {
    const output = guardedOutput(process.stdout);
    this.#stopHearing ??= output.onClosed(this.#onClosed);
    output.write(text);
  }

  /** Stops calling `onClosed`. */
  close(): void {
    this.#stopHearing?.();
  }
}
