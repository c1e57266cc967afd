// The log of an executor: every line goes to the driver, whose logger writes the line. Fields have to cross a thread
// border, so errors become data before sending and errors again on the driver.
import { type LogFields, type Logger, messageOf, type SerializedError } from '@millrace/core';
import { deserializeError, isError, propertyOf, serializeError } from '@millrace/core/engine';
import type { FromExecutor } from './envelope.ts';

type Line = Extract<FromExecutor, { type: 'log' }>;

/** The depth of nesting in fields; deeper values are omitted. */
const DEPTH_MAX = 6;
/** The number of sent entries of one container. */
const ENTRIES_MAX = 100;

/** An error in its serialized form. */
interface TravellingError {
  readonly millraceError: SerializedError;
}

/** Sends lines to the driver. */
export class ChannelLogger implements Logger {
  readonly #post: (line: Line) => void;
  readonly #fields: LogFields;

  constructor(post: (line: Line) => void, fields: LogFields = {}) {
    this.#post = post;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#send('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#send('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#send('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#send('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new ChannelLogger(this.#post, { ...this.#fields, ...fields });
  }

  #send(level: Line['level'], message: string, fields: LogFields | undefined): void {
    const plainFields = plain({ ...this.#fields, ...fields }, 0) as LogFields;
    this.#post({ type: 'log', level, message, fields: plainFields });
  }
}

/** The fields of a received line, in the form of the driver's logger. */
export function unpackFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, unpacked(value)]));
}

/** Returns plain data of bounded size; any other value becomes a readable text. Never throws. */
function plain(value: unknown, depth: number): unknown {
  if (isError(value)) return { millraceError: serializeError(value) } satisfies TravellingError;
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  try {
    return plainContainer(value, depth);
  } catch (error) {
    return `[unprintable: ${messageOf(error)}]`;
  }
}

function plainContainer(value: object, depth: number): unknown {
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= DEPTH_MAX) return '…';
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((part) => plain(part, depth + 1));
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return plain(Reflect.apply(toJSON, value, ['']), depth + 1);
  const names = Object.keys(value).slice(0, ENTRIES_MAX);
  return Object.fromEntries(names.map((name) => [name, plain(propertyOf(value, name), depth + 1)]));
}

function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { millraceError } = value as Partial<TravellingError>;
  return millraceError === undefined ? value : deserializeError(millraceError);
}
