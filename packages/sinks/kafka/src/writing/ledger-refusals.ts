// Writes that the ledger refuses.
import { batchId, coreError, type SinkWrite } from '@millrace/core';
import type { TopicLedger } from '../ledger/topic-ledger.ts';
import { kafkaSinkError } from '../kafka-sink-errors.ts';

/**
 * True when the partition is written already.
 *
 * @throws `MR_SINK_REPARTITIONED`, `MR_SINK_KAFKA_FORGOTTEN`
 */
export function isWritten(ledger: TopicLedger, write: SinkWrite): boolean {
  const before = ledger.partitionsOf(write);
  if (before !== undefined && before !== write.partitions) throw repartitioned(write, before);
  if (ledger.has(write)) return true;
  const forgotten = ledger.forgotten(write);
  if (forgotten !== undefined && write.batchTime <= forgotten) throw tooOld(write, forgotten);
  return false;
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}

function tooOld(write: SinkWrite, forgotten: number): Error {
  const message = `expected a batch after ${forgotten}, the newest batch dropped from the ledger, got ${batchId(write)}; raise ledgerBatches, or choose another name for an application that starts over`;
  return kafkaSinkError('MR_SINK_KAFKA_FORGOTTEN', message, { details: { ...write, forgotten } });
}
