// A record as one line of text: text unchanged, every other record as JSON. A value that JSON would silently change or
// lose is refused instead, because the loss would show only when the value is needed.
import { isMillraceError, messageOf } from '@millrace/core';
import { dstreamError } from '../graph/dstream-errors.ts';

/** @throws `MR_GRAPH_RECORD_NOT_TEXT` for a record that JSON cannot hold. */
export function lineOf(record: unknown): string {
  if (typeof record === 'string') return wellFormed(record);
  try {
    return JSON.stringify(record, function (this: unknown, name: string, value: unknown) {
      assertJson(name, value, Array.isArray(this) || name === '');
      return value;
    });
  } catch (cause) {
    if (isMillraceError(cause)) throw cause;
    // The record has a circle, more levels than the stack, or a `toJSON` that throws.
    throw dstreamError(
      'MR_GRAPH_RECORD_NOT_TEXT',
      `expected a record that JSON can hold: ${messageOf(cause)}; map it to text, or give saveAsTextFiles a format`,
      { details: { name: '', type: typeof record }, cause },
    );
  }
}

/** A property that is undefined is left out, as always in JSON; elsewhere a value is required. */
function assertJson(name: string, value: unknown, isRequired: boolean): void {
  const isLost =
    (typeof value === 'number' && !Number.isFinite(value)) ||
    typeof value === 'bigint' ||
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    value instanceof Map ||
    value instanceof Set ||
    ArrayBuffer.isView(value) ||
    (value === undefined && isRequired);
  if (!isLost) return;
  const what = typeof value === 'object' ? (value?.constructor.name ?? 'null') : String(value);
  throw dstreamError(
    'MR_GRAPH_RECORD_NOT_TEXT',
    `expected a record that JSON can hold, got ${what}${name === '' ? '' : ` at ${name}`}; map it to text, or give saveAsTextFiles a format`,
    { details: { name, type: typeof value } },
  );
}

/** Half of a surrogate pair has no form in UTF-8: the file would contain another character. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw dstreamError(
    'MR_GRAPH_RECORD_NOT_TEXT',
    'expected well-formed text, got a lone surrogate; map the text with toWellFormed',
    { details: { name: '', type: 'string' } },
  );
}
