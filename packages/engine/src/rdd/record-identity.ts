// The identity of a record inside a partition of an operator: the same on every re-run of the batch.
import { type BatchIdentity, type BatchTime } from '@millrace/core';

/** One partition of an operator in one batch. */
export interface OperatorPartition extends BatchIdentity {
  /** The uid of the operator's stream, or its automatic id, for instance `3-mapAsync`. */
  readonly operator: string;
  /** From 0. */
  readonly partition: number;
}

/** One record of an operator; the same when the batch runs again (BAT-4), if the operators before are deterministic. */
export interface RecordIdentity extends OperatorPartition {
  /** The place of the record among the records of its partition that reach the operator, from 0. */
  readonly index: number;
  /** Application, batch time, operator, partition and index as one text, for instance as an idempotency key. */
  readonly key: string;
}

/** A record's identity. The text of the key is made on demand. */
export class RecordOfPartition implements RecordIdentity {
  readonly application: string;
  readonly batchTime: BatchTime;
  readonly operator: string;
  readonly partition: number;
  readonly index: number;

  constructor({ application, batchTime, operator, partition }: OperatorPartition, index: number) {
    this.application = application;
    this.batchTime = batchTime;
    this.operator = operator;
    this.partition = partition;
    this.index = index;
  }

  get key(): string {
    const { application, batchTime, operator, partition, index } = this;
    return `${application}/${batchTime}/${operator}/${partition}/${index}`;
  }
}
