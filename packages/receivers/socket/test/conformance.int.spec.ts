import { receiverConformance } from '@millrace/harness/conformance';
import { describe, it } from 'vitest';
import { socketFrames, socketFramesOptions, socketText, socketTextOptions } from '../src/index.ts';
import { type PeerProtocol, PeerSource } from './peer-source.ts';
import { PUBLISHED_FRAMES_OPTIONS, PUBLISHED_OPTIONS } from './published-options.ts';

const numberIn = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

const LINES: PeerProtocol<string> = {
  receiver: (port) => socketText({ host: '127.0.0.1', port, maxLineBytes: 100 }),
  encode: (id) => Buffer.from(`${id}\n`),
  idOf: numberIn,
  poison: Buffer.from(`${'x'.repeat(500)}\n`),
};

const FRAMES: PeerProtocol<Uint8Array> = {
  receiver: (port) => socketFrames({ host: '127.0.0.1', port, maxFrameBytes: 100, onLongFrame: 'skip' }),
  encode: (id) => frame(`${id}`),
  idOf: (record) => numberIn(Buffer.from(record).toString()),
  poison: frame('x'.repeat(500)),
};

receiverConformance(
  { describe, it },
  {
    name: 'socketText',
    module: import.meta.url,
    capabilities: socketText.capabilities,
    create: () => PeerSource.create(LINES),
    options: { schema: socketTextOptions, published: PUBLISHED_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    name: 'socketFrames',
    module: import.meta.url,
    capabilities: socketFrames.capabilities,
    create: () => PeerSource.create(FRAMES),
    options: { schema: socketFramesOptions, published: PUBLISHED_FRAMES_OPTIONS },
  },
);

function frame(text: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([header, Buffer.from(text)]);
}
