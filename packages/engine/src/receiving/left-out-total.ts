// The number of records of one stream that were left out because the codec does not accept them, and its reporting.
// Listeners get every count. The log gets a warning for the first record, then for the tenth, the hundredth, …, because
// a source may send such records without end.
import type { LeftOutRecordsInfo, Logger, StreamId } from '@millrace/core';
import type { LeftOutRecords } from '@millrace/core/engine';
import type { PublishEvent } from '../listening/publish-event.ts';
import { receivingError } from './receiving-errors.ts';

/** The receivers of reports. */
export interface LeftOutListeners {
  readonly publish: PublishEvent;
  readonly log: Logger;
}

/** The total of one stream, in one driver. */
export class LeftOutTotal {
  readonly #stream: Pick<LeftOutRecordsInfo, 'streamId' | 'name'>;
  #count = 0;
  #tellAt = 1;
  #lostLetters = 0;
  #tellLostAt = 1;

  constructor(streamId: StreamId, name: string) {
    this.#stream = { streamId, name };
  }

  /** Records since the driver began. */
  get count(): number {
    return this.#count;
  }

  /** Adds records and reports the total. Returns the error of a logged warning; undefined without a warning. */
  add(leftOut: LeftOutRecords, { publish, log }: LeftOutListeners): Error | undefined {
    this.#count += leftOut.recordCount;
    const info = { ...leftOut, ...this.#stream, totalCount: this.#count };
    publish('records:left-out', { leftOut: info });
    this.#addLost(leftOut.lostLetters ?? 0, log);
    if (this.#count < this.#tellAt) return undefined;
    while (this.#tellAt <= this.#count) this.#tellAt *= 10;
    const records = this.#count === 1 ? 'a record' : `${this.#count} records`;
    const message = `${records} of ${info.name} left out so far, because no block can hold such a value: ${info.reason}`;
    const error = receivingError('MR_RECEIVER_RECORD_UNSUPPORTED', message, { details: info });
    log.warn('records were left out', { streamId: info.streamId, error });
    return error;
  }

  #addLost(lostLetters: number, log: Logger): void {
    this.#lostLetters += lostLetters;
    if (this.#lostLetters < this.#tellLostAt) return;
    while (this.#tellLostAt <= this.#lostLetters) this.#tellLostAt *= 10;
    const { streamId, name } = this.#stream;
    log.warn(
      'records were left out without a dead letter: a block, or the queue entries of a batch, have at most 10,000 dead letters',
      { streamId, name, lostLetters: this.#lostLetters },
    );
  }
}
