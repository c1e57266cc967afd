// A custom engine: receivers are placed in turn, and blocks are stored in a handwritten store that counts its records.
// All other parts of the engine stay unchanged, because a plugin replaces only the ports that the plugin names.
import {
  pluginModule,
  type Block,
  type BlockId,
  BlockStore,
  definePlugin,
  fromAsyncIterable,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { endWhenUnread, assembleEngine } from '@millrace/engine';
import { roundRobinScheduling } from '@millrace/scheduling';
import { z } from 'zod';

/** Keeps blocks in a map and counts all records ever stored. */
class CountingBlockStore implements BlockStore {
  readonly #blocks = new Map<BlockId, Block>();
  readonly #maxBytes: number;
  #bytes = 0;
  recordsSeen = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async put(id: BlockId, block: Block): Promise<void> {
    if (this.#blocks.has(id)) throw coreError('MR_BLOCK_DUPLICATE', `block ${id} is already here`);
    if (this.#bytes + block.sizeBytes > this.#maxBytes) {
      throw coreError('MR_BLOCK_STORE_FULL', `block ${id} does not fit into ${this.#maxBytes} bytes`);
    }
    this.#blocks.set(id, block);
    this.#bytes += block.sizeBytes;
    this.recordsSeen += block.recordCount;
  }

  async get(id: BlockId): Promise<Block | undefined> {
    return this.#blocks.get(id);
  }

  has(id: BlockId): boolean {
    return this.#blocks.has(id);
  }

  async remove(ids: readonly BlockId[]): Promise<void> {
    for (const id of ids) {
      this.#bytes -= this.#blocks.get(id)?.sizeBytes ?? 0;
      this.#blocks.delete(id);
    }
  }

  usage() {
    return { blocks: this.#blocks.size, bytes: this.#bytes, maxBytes: this.#maxBytes };
  }
}

const countingBlockStore = definePlugin({
  name: 'counting-block-store',
  version: '1.0.0',
  contract: 1,
  provides: [BlockStore],
  optionsSchema: z.strictObject({ maxBytes: z.number().int().positive().default(1_000_000) }),
  module: ({ maxBytes }) =>
    pluginModule((bind) => {
      bind(BlockStore).toResolvedValue(() => new CountingBlockStore(maxBytes), []);
    }),
});

/** A source that ends: the numbers from 1 to 1,000. */
async function* numbers() {
  for (let number = 1; number <= 1_000; number += 1) yield number;
}

// A reader that closes its end (`| head`) ends the program without an error.
endWhenUnread();
const engine = assembleEngine([countingBlockStore({ maxBytes: 200_000 }), roundRobinScheduling()]);
for (const { port, implementation, plugin } of engine.bindings) {
  if (port === 'BlockStore' || port === 'SchedulingPolicy')
    console.log(`${port}: ${implementation} of ${plugin}`);
}

const ssc = engine.streamingContext({ appName: 'custom-engine', batchIntervalMs: 100 });
let sum = 0;
ssc
  .receiverStream(fromAsyncIterable(numbers))
  .reduce((a, b) => a + b)
  .foreachRDD(async (rdd) => {
    for (const part of await rdd.collect()) sum += part;
  });

await ssc.start();
await ssc.awaitSourcesEnded();
await ssc.stop();

const store = engine.ports.get(BlockStore) as CountingBlockStore;
console.log(`the sum is ${sum}; the store has seen ${store.recordsSeen} records`);
