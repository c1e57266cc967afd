// The public names of @millrace/receiver-files.
export { textFiles } from './text-files.ts';
export { textFilesOptions } from './text-files.options.ts';
export type { TextFilesInput, TextFilesOptions } from './text-files.options.ts';
export { wholeFiles } from './whole-files.ts';
export { wholeFilesOptions } from './whole-files.options.ts';
export type { WholeFilesInput, WholeFilesOptions } from './whole-files.options.ts';
export type { WholeFile } from './whole-file-reading.ts';
export { fileReceivers } from './file-receivers.module.ts';
export { FILE_ERROR_CODES } from './file-errors.ts';
