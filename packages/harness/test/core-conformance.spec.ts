// The implementations of core against the kits. They stand here, because core knows no other package; the report is
// core's.
import {
  FileCheckpointStore,
  MemoryBlockStore,
  MemoryCheckpointStore,
  MemoryReceivedBlockHandler,
} from '@millrace/core';
import { describe, it } from 'vitest';
import {
  checkpointsOnStorage,
  checkpointStoreConformance,
  receivedBlockHandlerConformance,
} from '../src/conformance/index.ts';
import { RecordingLogger } from '../src/recording-logger.ts';

const test = { describe, it };
const module = new URL('../../core/src/index.ts', import.meta.url);

receivedBlockHandlerConformance(test, {
  name: 'MemoryReceivedBlockHandler',
  module,
  capabilities: { durability: 'memory' },
  create: () => ({ handler: new MemoryReceivedBlockHandler(new MemoryBlockStore()) }),
});

checkpointStoreConformance(test, {
  name: 'FileCheckpointStore',
  module,
  capabilities: { durability: 'machine' },
  create: checkpointsOnStorage({
    createStore: (ports) => new FileCheckpointStore({ directory: '/checkpoints', ...ports }),
    pathOf: (batchTime) => `/checkpoints/checkpoint-${batchTime}`,
    pathOfPart: (part) => `/checkpoints/part-${part}`,
  }),
});

checkpointStoreConformance(test, {
  name: 'MemoryCheckpointStore',
  module,
  capabilities: { durability: 'memory' },
  create: () => {
    const log = new RecordingLogger();
    const store = new MemoryCheckpointStore({ log });
    return { createStore: () => store, warnings: () => log.messages('warn').length };
  },
});
