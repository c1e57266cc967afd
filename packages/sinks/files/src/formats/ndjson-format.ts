// Records as JSON, one a line. JSON text has no line breaks outside of its escapes, so any value fits into a line. A value
// that JSON would change or lose silently is refused.
import { exactJson } from '@millrace/core/engine';
import type { RecordFormat } from './record-format.ts';

/** Writes each record as `JSON.stringify` does. */
export const ndjsonFormat: RecordFormat = {
  header: '',
  line: (record) => `${exactJson(record)}\n`,
};
