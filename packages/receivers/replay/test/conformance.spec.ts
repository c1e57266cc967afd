import { receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { CHUNK_BYTES } from '../src/retried-file-chunks.ts';
import { replay, replayOptionsSchema, type ReplayRecord } from '../src/index.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';

const FILE = '/data/records.ndjson';
/** A chunk size that divides a few hundred records into many chunks. */
const PADDING = 'x'.repeat(1_000);

receiverConformance<ReplayRecord>(
  { describe, it },
  {
    name: 'replay',
    module: import.meta.url,
    capabilities: replay.capabilities,
    feeding: 'before',
    // One chunk being parsed, and one chunk read meanwhile.
    heldBytesMax: 2 * CHUNK_BYTES,
    options: { schema: replayOptionsSchema, published: PUBLISHED_OPTIONS },
    create: ({ storage }) => {
      let content = '';
      const add = (text: string) => {
        content += text;
        storage.writeFile(FILE, content);
      };
      add('');
      return {
        receiver: replay({ file: FILE, timestamp: 'at', speed: 'max' }),
        send: (ids) => add(ids.map((id) => `${JSON.stringify({ id, at: id, PADDING })}\n`).join('')),
        idOf: (record) => ('id' in record ? Number(record['id']) : undefined),
        sendPoison: () => add('{"id": no json}\n'),
        forget: () => void storage.writeFile(FILE, content.slice(0, 20)),
      };
    },
  },
);
