// A recording context with which a test waits for the actions of the receiver, instead of for time.
import { RecordingReceiverContext } from '@millrace/testing';

/** Calls `onEvent` after every call of the receiver. */
export class ObservedContext extends RecordingReceiverContext<string> {
  onEvent: () => void = () => undefined;

  /** Resolves as soon as the condition holds. */
  until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onEvent = () => {
      if (holds()) resolve();
    };
    this.onEvent();
    return promise;
  }

  override storeText(lines: Uint8Array, lineCount: number): boolean {
    const isWelcome = super.storeText(lines, lineCount);
    this.onEvent();
    return isWelcome;
  }

  override ready(): Promise<void> {
    const ready = super.ready();
    this.onEvent();
    return ready;
  }

  override reportError(message: string, error?: unknown): void {
    super.reportError(message, error);
    this.onEvent();
  }

  override restart(message: string, error?: unknown, delayMs?: number): void {
    super.restart(message, error, delayMs);
    this.onEvent();
  }

  override stop(message: string, error?: unknown): void {
    super.stop(message, error);
    this.onEvent();
  }
}
