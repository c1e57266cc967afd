// Records that are lines already. A text that would not come back as it was is refused: one with a line break would
// come back as two records.
import { kindOf, type RecordFormat, UnsupportedRecord } from './record-format.ts';

/** Writes each record, a text without line feeds, as it is. */
export const textFormat: RecordFormat = {
  header: '',
  line: (record) => {
    if (typeof record !== 'string') throw new UnsupportedRecord(`expected a text, got ${kindOf(record)}`);
    if (record.includes('\n'))
      throw new UnsupportedRecord('expected a text of one line, got one with line breaks');
    if (!record.isWellFormed())
      throw new UnsupportedRecord('expected well-formed text, got a lone surrogate');
    return `${record}\n`;
  },
};
