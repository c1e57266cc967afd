// The public function of the package for lines: the lines of new files, as the input of a stream.
import { defineReceiver } from '@millrace/core';
import { textRange } from './file-range.ts';
import { FilesReceiver } from './files-receiver.ts';
import { TextFileReading } from './text-file-reading.ts';
import { textFilesOptions } from './text-files.options.ts';

/**
 * A receiver that watches a directory and stores the lines of every new file.
 *
 * ```ts
 * const lines = ssc.receiverStream(textFiles({ directory: './spool', suffixes: ['.csv'] }));
 * ```
 *
 * Files have to be moved in complete, and must stay until their batches are complete: with a log, the engine stores
 * positions instead of lines. A restart continues behind the last registered line.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const textFiles = defineReceiver({
  name: 'text-files',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    // A file that cannot be read at first comes after younger files.
    ordering: 'none',
    pause: true,
    bounded: false,
    format: 'text',
    // Files are read through the engine's storage, which is a port.
    touches: [],
  },
  options: textFilesOptions,
  describe: ({ directory }) => `lines of files in ${directory}`,
  create: (options) =>
    new FilesReceiver<string>(options, (file, parts) => new TextFileReading(file, parts, options)),
  readRange: textRange,
});
