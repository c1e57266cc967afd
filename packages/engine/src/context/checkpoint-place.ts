// The place of a context's checkpoints: one directory, or the store of a plugin, and never both.
import { CheckpointStore } from '@millrace/core';
import { type AssembledPorts, describeValue, optionError } from '@millrace/core/engine';

/** The single place of the checkpoints of a context. */
export class CheckpointPlace {
  readonly #ports: AssembledPorts['ports'];
  #directory: string | undefined;

  /** @throws as `keepIn`, when a directory is given. */
  constructor(ports: AssembledPorts['ports'], directory: string | undefined) {
    this.#ports = ports;
    if (directory !== undefined) this.keepIn(directory);
  }

  /** The directory; undefined: the store of a plugin, or none. */
  get directory(): string | undefined {
    return this.#directory;
  }

  /** The place in words. */
  get description(): string {
    if (this.#directory !== undefined) return this.#directory;
    return this.#ports.has(CheckpointStore) ? 'in the store of a plugin' : 'none';
  }

  /** Sets the directory. @throws `MR_CONFIG_INVALID_OPTION` when there is a place already. */
  keepIn(directory: string): void {
    const isBound = this.#ports.has(CheckpointStore);
    const elsewhere = isBound ? 'the checkpoint store of a plugin' : this.#directory;
    if (elsewhere === undefined) {
      this.#directory = directory;
      return;
    }
    throw optionError('StreamingContext', [
      {
        path: 'checkpointDirectory',
        expected: `expected the one place of checkpoints, which is ${elsewhere}`,
        got: describeValue(directory),
        hint: 'give one of them',
      },
    ]);
  }
}
