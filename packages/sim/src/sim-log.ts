// The log of a simulated world: the last lines of all processes together, for diagnosing a failed run.
import type { LogFields, Logger } from '@millrace/core';
import { isError, serializeError } from '@millrace/core/engine';
import type { SimClock } from './sim-clock.ts';

/** The maximum number of kept lines. */
const LINES_MAX = 400;

/** The beginning of the engine's log line for a failed batch. */
const BATCH_FAILED = 'batch failed';

/** The shared log of all processes. */
export class SimLog {
  readonly #clock: SimClock;
  readonly #write: ((line: string) => void) | undefined;
  /** Called with the error of every batch that failed in all its attempts. */
  onBatchFailed: (error: unknown) => void = () => undefined;
  /** Called with each message of a process. */
  onMessage: (message: string) => void = () => undefined;
  #lines: string[] = [];

  /** `write` receives every line at once. Without `write`, lines are formatted only on request. */
  constructor(clock: SimClock, write?: (line: string) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Writes a line of the world itself. */
  note(message: string): void {
    this.#add(`${this.#clock.nowMs} ${message}`);
  }

  /** The log of one process. */
  of(name: string, own: LogFields = {}): Logger {
    const line =
      (level: string) =>
      (message: string, fields: LogFields = {}) => {
        this.onMessage(message);
        if (message === BATCH_FAILED) this.onBatchFailed(fields['error']);
        if (this.#write === undefined && level === 'debug') return;
        this.#add(`${this.#clock.nowMs} ${name} ${level} ${message} ${this.#text({ ...own, ...fields })}`);
      };
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: (fields) => this.of(name, { ...own, ...fields }),
    };
  }

  /** The last lines. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  #text(fields: LogFields): string {
    if (this.#write === undefined) return '';
    return JSON.stringify(fields, (_, value: unknown) => {
      if (isError(value)) return shortError(value);
      return typeof value === 'bigint' ? `${value}` : value;
    });
  }

  #add(line: string): void {
    if (this.#write !== undefined) return this.#write(line);
    this.#lines.push(line);
    if (this.#lines.length >= 2 * LINES_MAX) this.#lines = this.#lines.slice(-LINES_MAX);
  }
}

function shortError(error: Error): unknown {
  const { code, message, cause } = serializeError(error);
  return { code, message, ...(cause === undefined ? {} : { cause: cause.message }) };
}
