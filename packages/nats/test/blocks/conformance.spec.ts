// The kits of block handlers and of keepers over NATS servers in memory, without a wait. `conformance.int.spec.ts` beside this
// file runs the first kit over real servers.
import type { BlockId, ReceivedBlockHandler } from '@millrace/core';
import {
  blockLogKeeperConformance,
  receivedBlockHandlerConformance,
  type ReceivedBlockHandlerTarget,
} from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { BlocksWorld, GRACE_MS } from './blocks-world.ts';

for (const servers of [1, 3]) {
  receivedBlockHandlerConformance(
    { describe, it },
    {
      name: `NatsBlockHandler over ${servers === 1 ? 'a server' : 'three servers'} in memory`,
      module: import.meta.url,
      capabilities: { durability: 'machine' },
      create: () => handlerOverFake(servers),
    },
  );
}

async function handlerOverFake(servers: number): Promise<ReceivedBlockHandlerTarget> {
  const world = await BlocksWorld.create({ servers });
  const stored: BlockId[] = [];
  let { handler, blockStore } = await world.process();
  const setFull = (isFull: boolean): void => {
    for (const stream of world.all) stream.isFull = isFull;
  };
  const watched = (): ReceivedBlockHandler => {
    const { storeBlock } = handler;
    const own = handler;
    return Object.assign(own, {
      storeBlock: async (...args: Parameters<typeof storeBlock>) => {
        stored.push(args[0]);
        return await storeBlock.apply(own, args).finally(() => setFull(false));
      },
    });
  };
  const restart = async (): Promise<ReceivedBlockHandler> => {
    ({ handler, blockStore } = await world.process());
    return watched();
  };
  return {
    handler: watched(),
    crashProcess: restart,
    // The blocks are not on the machine of the process.
    crashMachine: restart,
    evict: () => blockStore.remove(stored),
    failNext: () => setFull(true),
    hold: () => {
      const releases = world.all.map((stream) => stream.hold());
      return () => {
        for (const release of releases) release();
      };
    },
  };
}

blockLogKeeperConformance(
  { describe, it },
  {
    name: 'NatsBlockKeeper over three servers in memory',
    module: import.meta.url,
    capabilities: {},
    create: async () => {
      // One stream, so that all blocks are neighbours.
      const world = await BlocksWorld.create({ count: 1 });
      const { connection, handler } = await world.process();
      return {
        beginDriver: () => world.keeper(),
        store: async (blockId) => {
          const block = { kind: 'text', chunks: [Buffer.from('a\n')], recordCount: 1, sizeBytes: 2 } as const;
          return await handler.storeBlock(blockId, block);
        },
        has: async ({ handle }) =>
          handle !== undefined && (await connection.blockLog.read(handle)) !== undefined,
        settled: () => world.settled(),
        passGrace: async () => {
          await world.clock.advance(2 * GRACE_MS);
        },
      };
    },
  },
);
