// The names of blocks. The driver names the attempt, uniquely (`attempt-ids.ts`); the sequence continues over the
// restarts within one attempt. No clock is involved, so setting a clock back repeats no name.
import type { BlockId, ReceiverAttemptId, StreamId } from '@millrace/core';

/** The name that all blocks of an attempt begin with; a dash and the sequence follow. */
export function attemptName(streamId: StreamId, attemptId: ReceiverAttemptId): string {
  return `input-${streamId}-${attemptId}`;
}

/** Names the blocks of one receiver attempt: `input-<stream>-<attempt>-<sequence>`, from 0 without gaps. */
export class BlockIds {
  readonly #prefix: string;
  #sequence = 0;

  constructor(streamId: StreamId, attemptId: ReceiverAttemptId) {
    this.#prefix = `${attemptName(streamId, attemptId)}-`;
  }

  /** The next name. */
  next(): BlockId {
    const id = `${this.#prefix}${this.#sequence}`;
    this.#sequence += 1;
    return id;
  }
}
