// Records as JSON, one a line. JSON text has no line breaks outside of its escapes, so any value fits into a line.
import { kindOf, type RecordFormat, UnsupportedRecord } from './record-format.ts';

/** Writes each record as `JSON.stringify` does. */
export const ndjsonFormat: RecordFormat = {
  header: '',
  line: (record) => {
    // Undefined for what JSON does not know, whatever the type of `stringify` says.
    const json = JSON.stringify(record) as string | undefined;
    if (json === undefined) throw new UnsupportedRecord(`${kindOf(record)} has no form in JSON`);
    return `${json}\n`;
  },
};
