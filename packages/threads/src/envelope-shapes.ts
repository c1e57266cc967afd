// What comes over a connection, looked at before anything believes it. A message of another shape is dropped: it asks
// nothing that could be answered.
import type { LogFields, SerializedError } from '@millrace/core';
import type { Answer, Ask, FromDriver, FromExecutor } from './envelope.ts';

/** Characters of one text: a name, a kind, a line of a log, an operator of a graph. */
const TEXT_CHARACTERS_MAX = 65_536;
/** Operators of a graph. */
const SHAPE_LINES_MAX = 1_000_000;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(message: unknown): Fields | undefined {
  return typeof message === 'object' && message !== null ? (message as Fields) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A question or an answer; undefined when the message is neither. */
export function questionOrAnswer(message: unknown): Ask | Answer | undefined {
  const { type, id, kind, request, reply, error } = fieldsOf(message) ?? {};
  if (!Number.isSafeInteger(id)) return undefined;
  const number = id as number;
  if (type === 'ask' && isText(kind)) return { type, id: number, kind, request };
  if (type === 'answer') return { type, id: number, reply };
  // Whatever the error says of itself: making it an error again takes anything.
  if (type === 'failed') return { type, id: number, error: error as SerializedError };
  return undefined;
}

/** A word of an executor; undefined when the message is none. */
export function wordOfExecutor(message: unknown): FromExecutor | undefined {
  const fields = fieldsOf(message) ?? {};
  const { type, application, fingerprint, shape } = fields;
  if (type === 'ready' || type === 'pong' || type === 'ended') return { type };
  if (type === 'log') return logLine(fields);
  if (type !== 'hello' || !isText(application) || !isText(fingerprint) || !isShape(shape)) return undefined;
  return { type, application, fingerprint, shape };
}

function isShape(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= SHAPE_LINES_MAX && value.every(isText);
}

function logLine({ level, message, fields }: Fields): FromExecutor | undefined {
  if (level !== 'debug' && level !== 'info' && level !== 'warn' && level !== 'error') return undefined;
  if (!isText(message) || !isObject(fields)) return undefined;
  return { type: 'log', level, message, fields: fields as LogFields };
}

/** A word of the driver; undefined when the message is none. */
export function wordOfDriver(message: unknown): FromDriver | undefined {
  const { type, executor, error, executorId } = fieldsOf(message) ?? {};
  if (type === 'ping' || type === 'end') return { type };
  if (type === 'refused') return { type, error: error as SerializedError };
  if (type === 'peer' && isText(executorId)) return { type, executorId };
  if (type !== 'welcome') return undefined;
  const { executorId: id, host, cores } = fieldsOf(executor) ?? {};
  if (!isText(id) || !isText(host) || !Number.isSafeInteger(cores)) return undefined;
  return { type, executor: { executorId: id, host, cores: cores as number } };
}
