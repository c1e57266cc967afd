// What applications call: the lines of new files, as the input of a stream.
import { defineReceiver } from '@millrace/core';
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
 * Files have to be moved in when they are complete. Which files were read is not kept beyond one run of the receiver,
 * which is why it does not claim to be replayable.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and what is expected.
 */
export const textFiles = defineReceiver({
  name: 'text-files',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    // A file that cannot be read at first comes after younger ones.
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
    new FilesReceiver<string>(options, (file, context) => new TextFileReading(file, context, options)),
});
