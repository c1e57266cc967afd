import {
  logOnStorage,
  receivedBlockHandlerConformance,
  writeAheadLogConformance,
} from '@millrace/harness/conformance';
import { describe, it } from 'vitest';
import { FileWriteAheadLogFactory } from '../src/index.ts';
import { FRAME_BYTES } from '../src/log-format.ts';
import { handlerOnDisk } from './handler-on-disk.ts';

writeAheadLogConformance(
  { describe, it },
  {
    name: 'FileWriteAheadLog',
    module: import.meta.url,
    capabilities: { durability: 'machine' },
    create: logOnStorage({
      createFactory: (ports) =>
        new FileWriteAheadLogFactory({ ...ports, root: '/wal', options: { segmentBytes: 4_096 } }),
      payloadAt: ({ segment, offset }) => ({ path: `/wal/${segment}`, offset: offset + FRAME_BYTES }),
    }),
  },
);

receivedBlockHandlerConformance(
  { describe, it },
  {
    name: 'WalReceivedBlockHandler',
    module: import.meta.url,
    capabilities: { durability: 'machine' },
    create: handlerOnDisk,
  },
);
