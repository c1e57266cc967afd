import { receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { socketFrames, socketFramesOptions, socketText, socketTextOptions } from '../src/index.ts';
import { type PeerProtocol, PeerSource } from './peer-source.ts';
import { PUBLISHED_FRAMES_OPTIONS, PUBLISHED_OPTIONS } from './published-options.ts';

/** Makes a few hundred records larger than one read of a socket. */
const RECORD_BYTES = 1_500;
/** Two reads of 64 KiB, the read being stored and the read that fills the paused socket; and the same amount again. */
const HELD_BYTES_MAX = 262_144;

const textOf = (id: number): string => `${id}`.padEnd(RECORD_BYTES);
const numberIn = (text: string): number | undefined => (/^\d+ *$/.test(text) ? Number(text) : undefined);

const LINES: PeerProtocol<string> = {
  receiver: (port) => socketText({ host: '127.0.0.1', port, maxLineBytes: 2_000 }),
  encode: (id) => Buffer.from(`${textOf(id)}\n`),
  idOf: numberIn,
  poison: Buffer.from(`${'x'.repeat(5_000)}\n`),
};

const FRAMES: PeerProtocol<Uint8Array> = {
  receiver: (port) => socketFrames({ host: '127.0.0.1', port, maxFrameBytes: 2_000, onLongFrame: 'skip' }),
  encode: (id) => frame(textOf(id)),
  idOf: (record) => numberIn(Buffer.from(record).toString()),
  poison: frame('x'.repeat(5_000)),
};

receiverConformance(
  { describe, it },
  {
    name: 'socketText',
    module: import.meta.url,
    capabilities: socketText.capabilities,
    heldBytesMax: HELD_BYTES_MAX,
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
    heldBytesMax: HELD_BYTES_MAX,
    create: () => PeerSource.create(FRAMES),
    options: { schema: socketFramesOptions, published: PUBLISHED_FRAMES_OPTIONS },
  },
);

function frame(text: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([header, Buffer.from(text)]);
}
