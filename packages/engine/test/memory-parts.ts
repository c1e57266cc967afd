// Parts of checkpoints that live as long as the test.
import { MsgpackCodec } from '@millrace/core';
import type { CheckpointParts } from '../src/graph/checkpointed-state.ts';

/** Keeps parts in memory. */
export class MemoryParts implements CheckpointParts {
  readonly codec = new MsgpackCodec();
  readonly written = new Map<number, Uint8Array>();
  #last = 0;

  async write(bytes: Uint8Array): Promise<number> {
    this.#last += 1;
    this.written.set(this.#last, bytes);
    return this.#last;
  }

  async read(part: number): Promise<Uint8Array> {
    const bytes = this.written.get(part);
    if (bytes === undefined) throw new Error(`no part ${part}`);
    return bytes;
  }
}
