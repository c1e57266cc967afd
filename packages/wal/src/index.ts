// The public names of @millrace/wal, listed one by one.
export { fileWriteAheadLog } from './file-write-ahead-log.module.ts';
export { FileWriteAheadLog } from './file-write-ahead-log.ts';
export type { FileWriteAheadLogDeps, LogStatistics } from './file-write-ahead-log.ts';
export { FileWriteAheadLogFactory } from './file-write-ahead-log-factory.ts';
export type { FileWriteAheadLogFactoryDeps } from './file-write-ahead-log-factory.ts';
export { WalReceivedBlockHandler } from './wal-received-block-handler.ts';
export type { BlockLog } from './block-log.ts';
export type { WalReceivedBlockHandlerDeps } from './wal-received-block-handler.ts';
export { fileWriteAheadLogOptionsSchema } from './file-write-ahead-log.options.ts';
export type { FileLogOptions, FileWriteAheadLogOptions } from './file-write-ahead-log.options.ts';
export { WAL_ERROR_CODES } from './wal-errors.ts';
