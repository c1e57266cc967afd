// Structured log lines, by pino: one JSON object a line, written behind the caller's back, so that logging does not
// wait for a slow pipe. Lines go to standard error by default; standard output belongs to the program's results.
// The writing is our own: pino's destination never lets a process end whose log disk is full.
import pino from 'pino';
import type { LogFields, Logger } from '../contracts/logger.ts';
import { LineWriter } from './line-writer.ts';
import { printableFields } from './log-fields.ts';

/** From everything to nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** What a pino logger is made of. */
export interface PinoLoggerOptions {
  /** What is written at least; `'info'` by default. */
  readonly level?: LogLevel;
  /**
   * Where lines go: standard error (default), standard output, the file of this path, or whatever has a `write`. A
   * `write` gets whole lines and must not throw.
   */
  readonly destination?: 'stderr' | 'stdout' | { readonly file: string } | { write(line: string): void };
  /** Fields of every line. */
  readonly fields?: LogFields;
}

/**
 * The default logger.
 *
 * Errors in fields are written with name, message, code, details, stack and causes. The values of keys that look
 * secret (password, token, secret, authorization and the like), at any depth, are replaced by `[redacted]`.
 */
export class PinoLogger implements Logger {
  readonly #pino: pino.Logger;

  /** @param through A pino logger to write through, for those who have one; it replaces all options. */
  constructor(options: PinoLoggerOptions = {}, through: pino.Logger = pinoFor(options)) {
    this.#pino = through;
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('debug')) this.#pino.debug(printable(fields), message);
  }

  info(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('info')) this.#pino.info(printable(fields), message);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('warn')) this.#pino.warn(printable(fields), message);
  }

  error(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('error')) this.#pino.error(printable(fields), message);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger({}, this.#pino.child(printableFields(fields)));
  }
}

function printable(fields: LogFields | undefined): LogFields {
  return fields === undefined ? {} : printableFields(fields);
}

function pinoFor(options: PinoLoggerOptions): pino.Logger {
  const { level = 'info', destination = 'stderr', fields = {} } = options;
  const settings: pino.LoggerOptions = {
    level,
    base: printableFields(fields),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  return pino(settings, streamFor(destination));
}

function streamFor(destination: NonNullable<PinoLoggerOptions['destination']>): pino.DestinationStream {
  if (typeof destination === 'string')
    return new LineWriter({ descriptor: destination === 'stderr' ? 2 : 1 });
  return 'write' in destination ? destination : new LineWriter(destination);
}
