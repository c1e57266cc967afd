// Logs. Messages are short, constant and in lower case; what varies goes into fields.
import { portToken } from './port-token.ts';

/** The values that go with a message. Secrets never belong here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes structured log lines. Called from everywhere but hot paths; must not throw and must not block. */
export interface Logger {
  /** For following one piece of work in detail. */
  debug(message: string, fields?: LogFields): void;
  /** Something an operator wants to see once: started, stopped, recovered. */
  info(message: string, fields?: LogFields): void;
  /** Something went wrong and was dealt with. */
  warn(message: string, fields?: LogFields): void;
  /** Something went wrong and somebody has to act. An error goes into the field `error`. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

/** The token of the logger. Shipped: `PinoLogger` (default), `NoopLogger`. */
export const Logger = portToken<Logger>('Logger');
