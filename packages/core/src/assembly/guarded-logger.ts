// A logger that keeps its word. The port forbids a logger to throw, because lines are written where errors are handled: a
// logger of a plugin that throws all the same would turn a failed batch into a dead engine.
import type { LogFields, Logger } from '../contracts/logger.ts';

/** Passes every line on. A line whose logger throws or rejects is lost, and nothing else. */
export class GuardedLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  debug(message: string, fields?: LogFields): void {
    guarded(() => this.#logger.debug(message, fields));
  }

  info(message: string, fields?: LogFields): void {
    guarded(() => this.#logger.info(message, fields));
  }

  warn(message: string, fields?: LogFields): void {
    guarded(() => this.#logger.warn(message, fields));
  }

  error(message: string, fields?: LogFields): void {
    guarded(() => this.#logger.error(message, fields));
  }

  /** A logger that makes no child writes lines without these fields. */
  child(fields: LogFields): Logger {
    try {
      return new GuardedLogger(this.#logger.child(fields));
    } catch {
      return this;
    }
  }
}

function guarded(write: () => unknown): void {
  try {
    const answer = write();
    // A method that is asynchronous against its type; unobserved, its rejection would end the process.
    if (answer instanceof Promise) answer.catch(() => undefined);
  } catch {
    // There is nowhere left to say so.
  }
}
