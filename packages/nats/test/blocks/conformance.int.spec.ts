// The kit of block handlers over three real servers, with three replicas.
import type { BlockId, ReceivedBlockHandler } from '@millrace/core';
import {
  receivedBlockHandlerConformance,
  type ReceivedBlockHandlerTarget,
} from '@millrace/testing/conformance';
import { describe } from 'vitest';
import type { RealCluster } from '../real-cluster.ts';
import { withCluster } from '../with-cluster.ts';
import { RealBlocks } from './real-blocks.ts';

const { it: itWithCluster, cluster } = withCluster(3);
type TestOf = Parameters<Parameters<typeof receivedBlockHandlerConformance>[0]['it']>[1];
const it = (title: string, test: TestOf): void => itWithCluster(title, (_, context) => test(context));

receivedBlockHandlerConformance(
  { describe, it },
  {
    name: 'NatsBlockHandler',
    module: import.meta.url,
    capabilities: { durability: 'machine' },
    create: () => handlerOver(cluster()),
  },
);

async function handlerOver(servers: RealCluster): Promise<ReceivedBlockHandlerTarget> {
  const blocks = await RealBlocks.create(servers);
  const stored: BlockId[] = [];
  let { handler, blockStore } = await blocks.process();
  const watched = (): ReceivedBlockHandler => {
    const { storeBlock } = handler;
    const own = handler;
    return Object.assign(own, {
      storeBlock: (...args: Parameters<typeof storeBlock>) => {
        stored.push(args[0]);
        return storeBlock.apply(own, args);
      },
    });
  };
  const restart = async (): Promise<ReceivedBlockHandler> => {
    ({ handler, blockStore } = await blocks.process());
    return watched();
  };
  return {
    handler: watched(),
    crashProcess: restart,
    // The blocks are not on the machine of the process.
    crashMachine: restart,
    evict: () => blockStore.remove(stored),
  };
}
