// Structured log lines, by pino: one JSON object per line, written in the background, so that logging does not wait for
// a slow pipe. Lines go to standard error by default; standard output belongs to the program's results. The output code
// is Millrace's own: pino's destination never lets a process end when its log disk is full.
import pino from 'pino';
import type { LogFields, Logger } from '../contracts/logger.ts';
import { LineWriter } from './line-writer.ts';
import { printableFields, printableText } from './log-fields.ts';

const DEL_OR_C1 = /[\u007f-\u009f]/;
const ALL_DEL_AND_C1 = /[\u007f-\u009f]/g;

/** From all lines to none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Options of a pino logger. */
export interface PinoLoggerOptions {
  /** The lowest written level; `'info'` by default. */
  readonly level?: LogLevel;
  /**
   * The destination of lines: standard error (default), standard output, the file of this path, or any object with a
   * `write`. A `write` receives whole lines and must not throw.
   */
  readonly destination?: 'stderr' | 'stdout' | { readonly file: string } | { write(line: string): void };
  /** Fields of every line. */
  readonly fields?: LogFields;
}

/**
 * The default logger.
 *
 * Errors in fields are written with name, message, code, details, stack and causes. Secrets are replaced by
 * `[redacted]`, at any depth and in results of `toJSON`: the values of secret-looking names (password, pwd, token,
 * secret, authorization, apiKey, privateKey, cookie, dsn and the like), user info inside URLs, and `password=…` in
 * text. Control characters are escaped. A text has 16,384 characters at most, a container 100 entries, nesting 6
 * levels. No field makes a call throw.
 */
export class PinoLogger implements Logger {
  readonly #pino: pino.Logger;

  /** @param through An existing pino logger for the output; replaces all options. */
  constructor(options: PinoLoggerOptions = {}, through: pino.Logger = pinoFor(options)) {
    this.#pino = through;
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('debug')) this.#pino.debug(printable(fields), printableText(message));
  }

  info(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('info')) this.#pino.info(printable(fields), printableText(message));
  }

  warn(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('warn')) this.#pino.warn(printable(fields), printableText(message));
  }

  error(message: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('error')) this.#pino.error(printable(fields), printableText(message));
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
  return pino(settings, escapedLines(streamFor(destination)));
}

/** JSON itself escapes C0. DEL and C1 occur only inside text, and are escaped in the notation of JSON. */
function escapedLines(stream: pino.DestinationStream): pino.DestinationStream {
  return {
    write: (line) =>
      stream.write(
        DEL_OR_C1.test(line)
          ? line.replaceAll(ALL_DEL_AND_C1, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
          : line,
      ),
  };
}

function streamFor(destination: NonNullable<PinoLoggerOptions['destination']>): pino.DestinationStream {
  if (typeof destination === 'string')
    return new LineWriter({ descriptor: destination === 'stderr' ? 2 : 1 });
  return 'write' in destination ? destination : new LineWriter(destination);
}
