// The records of the measurement: about a hundred bytes each, in partitions of batches.
import type { SinkWrite } from '@millrace/core';

/** A record. */
export interface Payment {
  readonly id: number;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
}

/** Records of one partition of a batch. */
export const RECORDS_PER_PARTITION = 10_000;

/** The records of the partition that begins with this record. */
export function payments(from: number): readonly Payment[] {
  return Array.from({ length: RECORDS_PER_PARTITION }, (_, index) => ({
    id: from + index,
    customer: `customer-${(from + index) % 9_973}`,
    amount: index % 13,
    currency: 'EUR',
  }));
}

/** The identity of this partition: one partition for each batch. */
export function writeOf(from: number): SinkWrite {
  return { application: 'payments', batchTime: 1 + from, outputOperation: 0, partition: 0, partitions: 1 };
}
