import { crc32 } from 'node:zlib';
import {
  type LogFiles,
  logOnStorage,
  receivedBlockHandlerConformance,
  writeAheadLogConformance,
} from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { FileWriteAheadLogFactory } from '../src/index.ts';
import { FORMAT_VERSION, FRAME_BYTES, HEADER_BYTES } from '../src/log-format.ts';
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
      raiseFormat,
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

/** The newest segment has the header of the next version. All versions share the places of version and checksum. */
async function raiseFormat(name: string, files: LogFiles): Promise<void> {
  const [newest] = (await files.list(`/wal/${name}`))
    .map((entry) => entry.name)
    .toSorted()
    .toReversed();
  const path = `/wal/${name}/${newest}`;
  const bytes = Buffer.from(files.readFile(path));
  bytes.writeUInt16LE(FORMAT_VERSION + 1, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  files.writeFile(path, bytes);
}
