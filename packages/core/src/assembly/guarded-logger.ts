// A logger that never throws. The port forbids a logger to throw, because lines are written in error handlers: a
// throwing logger of a plugin would turn a failed batch into a dead engine.
import type { LogFields, Logger } from '../contracts/logger.ts';

/** Passes every line on. A line is lost when its logger throws or rejects; there is no other effect. */
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

  /** Without a child logger, lines are written without these fields. */
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
    // A method that is asynchronous contrary to its type; an unhandled rejection would end the process.
    if (answer instanceof Promise) answer.catch(() => undefined);
  } catch {
    // No further channel for the report exists.
  }
}
