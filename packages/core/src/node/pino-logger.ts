// Structured log lines, by pino: one JSON object per line, or a readable line on a terminal, written in the background,
// so that logging does not wait for a slow pipe. Lines go to standard error by default; standard output belongs to the
// program's results. The output code is Millrace's own: pino's destination never lets a process end when its log disk
// is full.
import { isatty } from 'node:tty';
import pino from 'pino';
import type { LogFields, Logger } from '../contracts/logger.ts';
import { option, oneOf, type OptionTable } from '../options/option-rules.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { LineWriter } from './line-writer.ts';
import { printableFields, printableText } from './log-fields.ts';
import { environmentLogLevel, type LogLevel, logLevelRule } from './log-level.ts';
import { readableLine } from './readable-lines.ts';
import { admitsControls } from './terminal-controls.ts';

const DEL_OR_C1 = /[\u007f-\u009f]/;
const ALL_DEL_AND_C1 = /[\u007f-\u009f]/g;

/** From all lines to none. */
export type { LogLevel } from './log-level.ts';

/** Options of a pino logger. */
export interface PinoLoggerOptions {
  /** The lowest written level. Default: the environment variable `MILLRACE_LOG_LEVEL`, otherwise `'info'`. */
  readonly level?: LogLevel;
  /**
   * `json`: one JSON object per line. `readable`: lines for people, in colour unless `NO_COLOR` is set or `TERM` is
   * `dumb`. Default: readable on a terminal, otherwise JSON.
   */
  readonly format?: 'json' | 'readable';
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

  /**
   * @param through An existing pino logger for the output; replaces all options.
   * @throws `MR_CONFIG_INVALID_OPTION` for a wrong option, also in `MILLRACE_LOG_LEVEL`.
   */
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

const RULES: OptionTable<PinoLoggerOptions> = {
  level: logLevelRule,
  format: oneOf(['json', 'readable']),
  destination: option("'stderr', 'stdout', { file } or an object with a function write", isDestination),
  fields: option('an object', (value) => typeof value === 'object' && value !== null),
};

function isDestination(value: unknown): boolean {
  if (value === 'stderr' || value === 'stdout') return true;
  if (typeof value !== 'object' || value === null) return false;
  const { file, write } = value as { readonly file?: unknown; readonly write?: unknown };
  return typeof write === 'function' || (typeof file === 'string' && file !== '');
}

function pinoFor(given: PinoLoggerOptions): pino.Logger {
  const options = resolveOptions({ owner: 'PinoLogger', table: RULES, given });
  const { destination = 'stderr', fields = {} } = options;
  const level = options.level ?? environmentLogLevel() ?? 'info';
  const format = options.format ?? (isTerminal(destination) ? 'readable' : 'json');
  const settings: pino.LoggerOptions = {
    level,
    base: printableFields(fields),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  const stream = streamFor(destination);
  return pino(settings, format === 'json' ? escapedLines(stream) : readableLines(stream));
}

type Destination = NonNullable<PinoLoggerOptions['destination']>;

function isTerminal(destination: Destination): boolean {
  return typeof destination === 'string' && isatty(descriptorOf(destination));
}

function descriptorOf(destination: 'stderr' | 'stdout'): number {
  return destination === 'stderr' ? 2 : 1;
}

function readableLines(stream: pino.DestinationStream): pino.DestinationStream {
  const isColored = admitsControls();
  return { write: (line) => stream.write(readableLine(line, isColored)) };
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

function streamFor(destination: Destination): pino.DestinationStream {
  if (typeof destination === 'string') return new LineWriter({ descriptor: descriptorOf(destination) });
  return 'write' in destination ? destination : new LineWriter(destination);
}
