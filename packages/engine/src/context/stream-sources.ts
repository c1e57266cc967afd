// The methods of a streaming context that define sources, and the methods that combine several streams. These
// methods only make streams and have no part in the life of the context, so they stand apart; `StreamingContext`
// adds the rest.
import { ReceiverFactory, type BatchTime, type ConfiguredReceiver } from '@millrace/core';
import type { AssembledPorts } from '@millrace/core/engine';
import { FileInputDStream } from '../dstream/file-input-dstream.ts';
import { QueueInputDStream } from '../dstream/queue-input-dstream.ts';
import { ReceiverInputDStream } from '../dstream/receiver-input-dstream.ts';
import { transformStreams, unionStreams } from '../dstream/stream-combination.ts';
import { invalidArgument, operatorOptions, optionalCount } from '../graph/checked-argument.ts';
import type { DStream } from '../dstream/dstream.ts';
import type { FileStreamOptions } from '../dstream/file-input-dstream.ts';
import type { QueueEntry, QueueStreamOptions } from '../dstream/queue-input-dstream.ts';
import type { RddsOf } from '../dstream/stream-combination.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { binaryRecordsRdd, wholeFileRdd } from '../rdd/binary-file-rdd.ts';
import { textFileRdd } from '../rdd/text-file-rdd.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { SelectedFile } from '../rdd/file-chunks.ts';
import { contextError } from '../driver/context-errors.ts';

/** Options for turning whole files into records. */
export interface WholeFileStreamOptions<T> extends FileStreamOptions {
  /** Makes the records of a file. */
  readonly parse: (content: Uint8Array, path: string) => Iterable<T>;
  /** A larger file fails its batch with `MR_RDD_FILE_TOO_LARGE`; default 64 MiB. */
  readonly maxFileBytes?: number;
}

/** A receiver as made by a function of `defineReceiver`, by its shape. */
function checkReceiver(given: unknown): void {
  if (typeof given === 'object' && given !== null) {
    const { name, create, capabilities } = given as Partial<ConfiguredReceiver<unknown>>;
    const isReceiver =
      typeof name === 'string' && typeof create === 'function' && typeof capabilities === 'object';
    if (isReceiver) return;
  }
  const name = typeof given === 'function' && given.name !== '' ? given.name : 'httpRecords';
  const expected =
    typeof given === 'function'
      ? `a receiver with its options: call the function, receiverStream(${name}({ … }))`
      : `a receiver with its options, as made by a function of defineReceiver, for instance ${name}({ … })`;
  throw invalidArgument('receiverStream', 'the receiver', given, expected);
}

/** The sources of a streaming context. */
export abstract class StreamSources {
  /** The scope that new streams belong to. */
  protected abstract get scope(): StreamScope;

  /** The ports for looking up receivers by name. */
  protected abstract get ports(): AssembledPorts['ports'];

  /**
   * The records of a receiver.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT` for anything but a receiver with its options.
   */
  receiverStream<T>(receiver: ConfiguredReceiver<T>): DStream<T> {
    checkReceiver(receiver);
    return new ReceiverInputDStream(this.scope, receiver);
  }

  /**
   * The lines of a text socket.
   *
   * @throws `MR_CONTEXT_RECEIVER_NOT_INSTALLED` unless a plugin offers the receiver `socket-text`.
   */
  socketTextStream(host: string, port: number): DStream<string> {
    // The name is the contract: a factory called `socket-text` takes host and port, and its records are lines.
    return this.#socketStream<string>('socketTextStream', 'socket-text', { host, port });
  }

  /**
   * The frames of a socket, each a record of bytes: the frame's length, four bytes with the most significant first,
   * then as many bytes. A frame above 1 MiB ends the receiver; `socketFrames` of @millrace/receiver-socket has
   * options.
   *
   * @throws `MR_CONTEXT_RECEIVER_NOT_INSTALLED` unless a plugin offers the receiver `socket-frames`.
   */
  rawBytesStream(host: string, port: number): DStream<Uint8Array> {
    return this.#socketStream<Uint8Array>('rawBytesStream', 'socket-frames', { host, port });
  }

  /**
   * The lines of files that appear in a directory; each batch reads the files that are new since the previous
   * batch.
   */
  textFileStream(directory: string, options: FileStreamOptions = {}): DStream<string> {
    const read = (environment: RddEnvironment, files: readonly SelectedFile[]) =>
      textFileRdd(environment, files);
    return new FileInputDStream(this.scope, { kind: 'textFile', directory, read }, options);
  }

  /**
   * The records that `parse` makes of files that appear in a directory, each read as a whole. `parse` runs on the
   * executors; an error of `parse` fails the batch.
   *
   * ```ts
   * const rows = ssc.fileStream('./in', { parse: (content) => JSON.parse(new TextDecoder().decode(content)) as
   * Row[] });
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  fileStream<T>(directory: string, options: WholeFileStreamOptions<T>): DStream<T> {
    const { parse, maxFileBytes, ...selection } = operatorOptions('fileStream', options, {
      parse: 'function',
      maxFileBytes: 'any',
      newFilesOnly: 'flag',
      minRememberMs: 'any',
      accept: 'function',
      shared: 'flag',
    });
    if (parse === undefined) throw invalidArgument('fileStream', 'parse', parse, 'a function');
    optionalCount('fileStream', 'maxFileBytes', maxFileBytes);
    const read = (environment: RddEnvironment, files: readonly SelectedFile[]) =>
      wholeFileRdd<T>(environment, files, { parse, maxFileBytes });
    return new FileInputDStream<T>(this.scope, { kind: 'file', directory, read }, selection);
  }

  /**
   * The records of files that appear in a directory, each `recordBytes` bytes long. A file that ends inside a record
   * fails its batch.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  binaryRecordsStream(
    directory: string,
    recordBytes: number,
    options: FileStreamOptions = {},
  ): DStream<Uint8Array> {
    optionalCount('binaryRecordsStream', 'recordBytes', recordBytes);
    const read = (environment: RddEnvironment, files: readonly SelectedFile[]) =>
      binaryRecordsRdd(environment, files, recordBytes);
    return new FileInputDStream(this.scope, { kind: 'binaryRecords', directory, read }, options);
  }

  /** The entries of a queue: one entry per batch. Push to the array at any time. */
  queueStream<T>(queue: QueueEntry<T>[], options: QueueStreamOptions<T> = {}): DStream<T> {
    return new QueueInputDStream(this.scope, queue, options);
  }

  /** The records of all streams. @throws `MR_GRAPH_NO_PARENTS` and as `DStream.union`. */
  union<T>(...streams: readonly DStream<T>[]): DStream<T> {
    return unionStreams(streams);
  }

  /** The result of `fn` over the RDDs that the streams have for a batch. See `DStream.transform`. */
  transform<const Streams extends readonly DStream<unknown>[], U>(
    streams: Streams,
    fn: (rdds: RddsOf<Streams>, batchTime: BatchTime) => RDD<U>,
  ): DStream<U> {
    return transformStreams(streams, fn);
  }

  /** A stream of a receiver that a plugin offers under a name; the method's name is for the error. */
  #socketStream<T>(
    method: string,
    receiver: string,
    options: { readonly host: string; readonly port: number },
  ): DStream<T> {
    const factory = this.ports.getAll(ReceiverFactory).find(({ receiverName }) => receiverName === receiver);
    if (factory === undefined) {
      throw contextError(
        'MR_CONTEXT_RECEIVER_NOT_INSTALLED',
        `${method} needs the receiver ${receiver}; add socketReceivers() of @millrace/receiver-socket to the plugins`,
        { details: { receiver } },
      );
    }
    const create = factory as unknown as (address: typeof options) => ConfiguredReceiver<T>;
    return this.receiverStream(create(options));
  }
}
