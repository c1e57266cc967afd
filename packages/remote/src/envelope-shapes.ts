// Validation of messages from a connection, before any use. A message of another shape is dropped: such a message is
// not a request that could be answered.
import type { LogFields, SerializedError } from '@millrace/core';
import type { Answer, Ask, FromDriver, FromExecutor } from './envelope.ts';

/** The number of characters of one text: a name, a kind, a log line, an operator of a graph. */
const TEXT_CHARACTERS_MAX = 65_536;
/** The number of operators of a graph. */
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

/** A request or a reply; undefined for any other message. */
export function questionOrAnswer(message: unknown): Ask | Answer | undefined {
  const { type, id, kind, request, reply, error } = fieldsOf(message) ?? {};
  if (!Number.isSafeInteger(id)) return undefined;
  const number = id as number;
  if (type === 'ask' && isText(kind)) return { type, id: number, kind, request };
  if (type === 'answer') return { type, id: number, reply };
  // Any serialized error is accepted: restoring the error works with any content.
  if (type === 'failed') return { type, id: number, error: error as SerializedError };
  return undefined;
}

/** A message of an executor; undefined for any other message. */
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

/** A message of the driver; undefined for any other message. */
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
