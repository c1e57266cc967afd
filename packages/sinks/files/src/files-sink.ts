// The public function of the package: batches as files, each written once.
import { NodeStorage, type Sink, type Storage } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { DirectorySink } from './directory-sink.ts';
import { type FilesSinkInput, filesSinkOptions } from './files-sink.options.ts';

/**
 * A sink that writes each partition of each batch to a file of its own, effectively once.
 *
 * ```ts
 * const delays = new SinkWriter(filesSink({ directory: './delays', format: 'csv', columns: ['carrier', 'ms'] }));
 * stream.foreachPartition(delays.write);
 * ```
 *
 * @param storage The storage of the files; by default the file system of the host.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function filesSink<T>(options: FilesSinkInput, storage: Storage = new NodeStorage()): Sink<T> {
  const request = { owner: 'sink files', schema: filesSinkOptions, secrets: [], input: options };
  return new DirectorySink<T>(validateOptions(request).options, storage);
}
