// Records that are lines already. A text that line readers would read back changed is refused. A text with a line feed
// inside would be read as two records; a text that ends with a carriage return would lose the carriage return; a byte
// order mark at the beginning of a file is not text for readers.
import { valueKind } from '@millrace/core/engine';
import { BYTE_ORDER_MARK, type RecordFormat, UnsupportedRecord } from './record-format.ts';

/** Writes each record, a text of one line, unchanged. */
export const textFormat: RecordFormat = {
  header: '',
  line: (record, isFirst) => {
    if (typeof record !== 'string') throw new UnsupportedRecord(`expected a text, got ${valueKind(record)}`);
    if (record.includes('\n'))
      throw new UnsupportedRecord('expected a text of one line, got one with line breaks');
    if (record.endsWith('\r'))
      throw new UnsupportedRecord(
        'expected a text that does not end with a carriage return, which readers remove',
      );
    if (isFirst && record.startsWith(BYTE_ORDER_MARK))
      throw new UnsupportedRecord(
        'expected the first text not to begin with a byte order mark, which readers remove',
      );
    if (!record.isWellFormed())
      throw new UnsupportedRecord('expected well-formed text, got a lone surrogate');
    return `${record}\n`;
  },
};
