// Logs. Messages are short, constant and in lower case; variable values go into fields.
import { portToken } from './port-token.ts';

/** The values of a log line. Secrets never belong here. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes structured log lines. Called from everywhere but hot paths; must not throw and must not block. A logger that is a
 * `ManagedResource` also gets lines before `open` and after `close`.
 */
export interface Logger {
  /** Details for following one piece of work. */
  debug(message: string, fields?: LogFields): void;
  /** Events that an operator wants to see once: started, stopped, recovered. */
  info(message: string, fields?: LogFields): void;
  /** A failure that the engine has handled. */
  warn(message: string, fields?: LogFields): void;
  /** A failure that requires action by an operator. An error goes into the field `error`. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

/** The token of the logger. Shipped: `PinoLogger` (default), `NoopLogger`. */
export const Logger = portToken<Logger>('Logger');
