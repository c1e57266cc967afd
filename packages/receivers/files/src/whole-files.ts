// The public function of the package for whole files: new files, each as one record of a stream.
import { defineReceiver } from '@millrace/core';
import { wholeRange } from './file-range.ts';
import { FilesReceiver } from './files-receiver.ts';
import { type WholeFile, WholeFileReading } from './whole-file-reading.ts';
import { wholeFilesOptions } from './whole-files.options.ts';

/**
 * A receiver that watches a directory and stores every new file as one record.
 *
 * ```ts
 * const images = ssc.receiverStream(wholeFiles({ directory: './images', suffixes: ['.jpg'] }));
 * ```
 *
 * A file is in memory as a whole, so `maxFileBytes` bounds the size of a file. All other behaviour equals `textFiles`.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const wholeFiles = defineReceiver({
  name: 'whole-files',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    // A file that cannot be read at first comes after younger files.
    ordering: 'none',
    pause: true,
    bounded: false,
    format: 'records',
    // Files are read through the engine's storage, which is a port.
    touches: [],
  },
  options: wholeFilesOptions,
  describe: ({ directory }) => `files in ${directory}`,
  create: (options) =>
    new FilesReceiver<WholeFile>(options, (file, parts) => new WholeFileReading(file, parts, options)),
  readRange: wholeRange,
});
