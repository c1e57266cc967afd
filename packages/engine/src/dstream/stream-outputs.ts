// The outputs of a stream: the operations that make the jobs of each batch and return no stream.
import { sinkOfWrite } from '@millrace/core/engine';
import {
  invalidArgument,
  onlyFunction,
  operatorOptions,
  optionalCount,
  text,
} from '../graph/checked-argument.ts';
import type { OutputBatch, OutputPartition } from '../graph/output-operation.ts';
import { placeOfFiles, placeOfSink } from '../graph/place-of-data.ts';
import { StreamNode } from '../graph/stream-node.ts';
import { foreachPartitionInEpoch } from '../rdd/actions.ts';
import { OUTPUT_ACTION } from '../rdd/named-actions.ts';
import type { RDD } from '../rdd/rdd.ts';
import { printBatch, type PrintOptions } from './print-batch.ts';
import { saveBatch, type SaveAsTextFilesOptions } from './text-file-output.ts';

/** A stream with its outputs. */
export abstract class StreamOutputs<out T> extends StreamNode<T> {
  /**
   * Calls `fn` for the RDD of every batch, on the driver; actions inside `fn` run on the executors. The batch is done
   * when the returned promise is settled. A rejection fails the output, which runs again with the same batch.
   * `onRecordError` does not apply to operators that `fn` calls on the RDD: a record for which one of their functions fails,
   * fails the batch. Call such operators on the stream.
   */
  foreachRDD(fn: (rdd: RDD<T>, batch: OutputBatch) => unknown): void {
    onlyFunction('foreachRDD', fn);
    this.scope.graph.addOutput<T>({ kind: 'foreachRDD', stream: this, run: fn });
  }

  /**
   * Calls `fn` for every partition of every batch, on the executors. A repeated task calls `fn` again with the same
   * records in the same order and the same identity, so a sink can write each batch once.
   */
  foreachPartition(fn: (records: Iterable<T>, partition: OutputPartition) => void | Promise<void>): void {
    onlyFunction('foreachPartition', fn);
    const partitionAction = (rdd: RDD<T>, batch: OutputBatch) => ({
      ...foreachPartitionInEpoch<T>((records, partition, epoch) =>
        fn(records, { ...batch, partition, partitions: rdd.partitionCount, epoch }),
      ),
      portableName: OUTPUT_ACTION,
    });
    this.scope.graph.addOutput<T>({
      kind: 'foreachPartition',
      stream: this,
      place: placeOfSink(sinkOfWrite(fn)),
      run: (rdd, batch) => rdd.runAction(partitionAction(rdd, batch)),
      partitionAction,
    });
  }

  /**
   * Writes the first `n` records of every batch (default 10), on the driver, by default to standard output. Every
   * record is one line, with control characters written as text: a record cannot move the cursor or forge a line. When
   * the reader of standard output closes the pipe (`| head`), the context stops gracefully.
   */
  print(n = 10, options: PrintOptions = {}): void {
    optionalCount('print', 'n', n);
    operatorOptions('print', options, { write: 'function' });
    this.scope.graph.addOutput<T>({
      kind: 'print',
      stream: this,
      run: (rdd, { batchTime }) => printBatch(rdd, { batchTime, n, write: this.scope.print, ...options }),
    });
  }

  /**
   * Writes every batch as a directory `<prefix>-<batch time>[.<suffix>]` with one file of lines for each partition,
   * `part-00000`, …, and the file `_SUCCESS` when all parts are present. Executors write the parts. Each part is
   * complete and on the disk before it has its name, and a batch that runs again changes nothing. Text is written
   * unchanged, other records as JSON (else `MR_GRAPH_RECORD_NOT_TEXT`), or by `format`. A batch without records is a
   * directory without lines.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT` for an empty prefix, `MR_GRAPH_DUPLICATE_OUTPUT`.
   */
  saveAsTextFiles(prefix: string, suffix = '', options: SaveAsTextFilesOptions<T> = {}): void {
    const kinds = { format: 'function', shared: 'flag' } as const;
    const { format, shared } = operatorOptions('saveAsTextFiles', options, kinds);
    const target = { prefix: text('saveAsTextFiles', 'prefix', prefix), suffix, format };
    if (typeof suffix !== 'string') throw invalidArgument('saveAsTextFiles', 'suffix', suffix, 'a text');
    const { storage } = this.scope;
    this.scope.graph.addOutput<T>({
      kind: 'saveAsTextFiles',
      stream: this,
      target: suffix === '' ? `${prefix}-*` : `${prefix}-*.${suffix}`,
      place: placeOfFiles(`the files of saveAsTextFiles at ${prefix}`, shared),
      run: (rdd, { batchTime }) => saveBatch(rdd, { target, batchTime, storage }),
    });
  }
}
