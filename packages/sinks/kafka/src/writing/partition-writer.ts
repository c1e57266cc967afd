// The two ways of writing a partition, with and without transactions.
import type { SinkWrite } from '@millrace/core';
import type { MessageChunks } from '../messages/message-chunks.ts';

/** Writes the messages of partitions. */
export interface PartitionWriter {
  /** Resolves when the cluster has the messages. @throws MessagesFailed, errors with a code, and errors of the client. */
  write(chunks: MessageChunks<unknown>, write: SinkWrite): Promise<void>;
  close(): Promise<void>;
}
