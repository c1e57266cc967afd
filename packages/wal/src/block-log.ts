// The log of blocks, as the received block handler and the cleaning of abandoned logs see a log.
import type { FileWriteAheadLog } from './file-write-ahead-log.ts';

/** The part of a log that the handler uses. The log has to be sparse. */
export type BlockLog = Pick<
  FileWriteAheadLog,
  'writeParts' | 'read' | 'readsAlike' | 'segments' | 'discard' | 'close'
> &
  Partial<Pick<FileWriteAheadLog, 'gauges'>>;
