import { receiverConformance } from '@millrace/harness/conformance';
import { describe, it } from 'vitest';
import { replay, replayOptionsSchema, type ReplayRecord } from '../src/index.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';

const FILE = '/data/records.ndjson';

receiverConformance<ReplayRecord>(
  { describe, it },
  {
    name: 'replay',
    module: import.meta.url,
    capabilities: replay.capabilities,
    feeding: 'before',
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
        send: (ids) => add(ids.map((id) => `${JSON.stringify({ id, at: id })}\n`).join('')),
        idOf: (record) => ('id' in record ? Number(record['id']) : undefined),
        sendPoison: () => add('{"id": no json}\n'),
        forget: () => void storage.writeFile(FILE, content.slice(0, 20)),
      };
    },
  },
);
