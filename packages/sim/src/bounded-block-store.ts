// The block store of a simulated process: the core's store with a check of its bound after every block.
import { type Block, type BlockId, MemoryBlockStore } from '@millrace/core';

/** Reports a violation when the store exceeds its bound. */
export class BoundedBlockStore extends MemoryBlockStore {
  readonly #violated: (promise: string, what: string) => void;

  constructor(options: {
    readonly maxBytes: number;
    readonly violated: (promise: string, what: string) => void;
  }) {
    super({ maxBytes: options.maxBytes });
    this.#violated = options.violated;
  }

  override async put(id: BlockId, block: Block, options?: { readonly evictable?: boolean }): Promise<void> {
    await super.put(id, block, options);
    const { bytes, maxBytes } = this.usage();
    if (bytes > maxBytes)
      this.#violated('bounds', `a block store holds ${bytes} bytes, the bound is ${maxBytes}`);
  }
}
