// The head of an answer, HTTP/1.1, as a data server sends it. Everything else is refused: an answer without a size, an answer in
// chunks, two sizes. Node's own client would copy each piece of a body twice before its reader sees the piece.
import { remoteError } from '../remote-errors.ts';

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** The bytes of the body. Undefined for a sign of life, which has no body. */
  readonly sizeBytes: number | undefined;
  /** True: the connection serves another request afterwards. */
  readonly isKept: boolean;
  /** The place behind the head. */
  readonly end: number;
}

const END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 (?<status>[1-5]\d\d)(?: |$)/;
const FIELD = /^(?<name>[a-z0-9-]+):[ \t]*(?<value>[\x20-\x7e]*)$/i;
const SIZE = /^\d{1,15}$/;
/** Below: a sign of life, and another head follows. */
const FINAL = 200;
const SWITCHED = 101;

/** The head at a place; undefined while its end has not come. @throws `MR_REMOTE_DATA_DAMAGED`. */
export function answerHeadIn(bytes: Buffer, from: number): AnswerHead | undefined {
  const end = bytes.indexOf(END, from, 'latin1');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', from, end).split('\r\n');
  const status = Number(STATUS_LINE.exec(first)?.groups?.['status']);
  if (Number.isNaN(status) || status === SWITCHED)
    throw noAnswer('it does not begin as an answer of HTTP/1.1');
  const fields = fieldsOf(lines);
  const behind = end + END.length;
  if (status < FINAL) return { status, sizeBytes: undefined, isKept: true, end: behind };
  const size = fields.get('content-length') ?? '';
  if (!SIZE.test(size) || fields.has('transfer-encoding'))
    throw noAnswer(`status ${status} came without a size`);
  const isKept = fields.get('connection')?.toLowerCase() !== 'close';
  return { status, sizeBytes: Number(size), isKept, end: behind };
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const { name, value } = FIELD.exec(line)?.groups ?? {};
    if (name === undefined || value === undefined) throw noAnswer('a line of its head is no field');
    const key = name.toLowerCase();
    if (key === 'content-length' && fields.has(key)) throw noAnswer('it has two sizes');
    fields.set(key, value.trimEnd());
  }
  return fields;
}

/** The error of an answer that no data server sends. */
export function noAnswer(found: string): Error {
  return remoteError('MR_REMOTE_DATA_DAMAGED', `expected the answer of a data server: ${found}`);
}
