// The block store of a simulated process: the one of the core, with a look at its bound after every block.
import { type Block, type BlockId, MemoryBlockStore } from '@millrace/core';

/** Complains when it holds more than it may. */
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
    if (bytes > maxBytes) this.#violated('bounds', `a block store holds ${bytes} bytes, ${maxBytes} may be`);
  }
}
