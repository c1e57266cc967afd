import { describe, expect, it } from 'vitest';
import type { Block } from '../contracts/block.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { decodeBlock, encodeBlock, openEnvelope } from './block-envelope.ts';
import { MsgpackCodec } from './msgpack-codec.ts';

const CODEC = new MsgpackCodec();
const RECORDS: Block = {
  kind: 'records',
  chunks: [{ records: ['a', 7n], length: 2 }],
  recordCount: 2,
  sizeBytes: 9.5,
};
const TEXT: Block = {
  kind: 'text',
  chunks: [Buffer.from('one\n'), Buffer.from('tw\n')],
  recordCount: 2,
  sizeBytes: 7,
};
const ENCODED: Block = { kind: 'encoded', bytes: CODEC.encodeRecords([1, 2]), recordCount: 2, sizeBytes: 4 };

function payloadOf(block: Block, id = 'stream-0-block-é'): Uint8Array {
  return Buffer.concat(encodeBlock(id, block, CODEC));
}

function codeOfOpening(payload: Uint8Array): string | undefined {
  try {
    decodeBlock(openEnvelope(payload), CODEC);
    return undefined;
  } catch (error) {
    return isMillraceError(error) ? error.code : String(error);
  }
}

describe('the envelope of a block', () => {
  it('states the kind of the content and the id of the block', () => {
    const { content: _, ...facts } = openEnvelope(payloadOf(RECORDS));
    const expected = { kind: 'records', codecName: CODEC.name, recordCount: 2, sizeBytes: 9.5 };
    expect(facts).toEqual({ blockId: 'stream-0-block-é', ...expected });
    expect(openEnvelope(payloadOf(TEXT)).codecName).toBe('');
  });

  it('returns records', () => {
    expect(decodeBlock(openEnvelope(payloadOf(RECORDS)), CODEC)).toEqual(RECORDS);
  });

  it('returns text as one chunk, without copying in either direction', () => {
    const parts = encodeBlock('x', TEXT, CODEC);
    expect(parts.slice(1)).toEqual(TEXT.kind === 'text' ? TEXT.chunks : []);
    const payload = payloadOf(TEXT);
    const back = decodeBlock(openEnvelope(payload), CODEC);
    expect(back).toMatchObject({ kind: 'text', recordCount: 2, sizeBytes: 7 });
    const [chunk] = back.kind === 'text' ? back.chunks : [];
    expect(Buffer.from(chunk ?? '').toString()).toBe('one\ntw\n');
    expect(chunk?.buffer).toBe(payload.buffer);
  });

  it('returns bytes that a receiver encoded', () => {
    const { kind, ...back } = decodeBlock(openEnvelope(payloadOf(ENCODED)), CODEC);
    expect(kind).toBe('encoded');
    expect(back).toMatchObject({ recordCount: 2, sizeBytes: 4 });
    expect('bytes' in back && CODEC.decodeRecords(back.bytes)).toEqual([1, 2]);
  });

  it('joins chunks, and omits array members behind the length of a chunk', () => {
    const chunks = [
      { records: [1, 2, 'unused'], length: 2 },
      { records: [3, 'unused'], length: 1 },
    ];
    const back = decodeBlock(openEnvelope(payloadOf({ ...RECORDS, chunks, recordCount: 3 })), CODEC);
    expect(back.kind === 'records' && back.chunks).toEqual([{ records: [1, 2, 3], length: 3 }]);
  });

  it('refuses a payload without an envelope, and a later version', () => {
    const later = Buffer.from(payloadOf(TEXT));
    later[0] = 2;
    const unknownKind = Buffer.from(payloadOf(TEXT));
    unknownKind[1] = 9;
    const cut = payloadOf(TEXT, 'x'.repeat(50)).subarray(0, 40);
    for (const payload of [later, unknownKind, cut, Buffer.alloc(0), Buffer.alloc(19, 1)]) {
      expect(codeOfOpening(payload)).toBe('MR_WAL_UNREADABLE_BLOCK');
    }
  });

  it('names the missing codec', () => {
    const other = Object.assign(new MsgpackCodec(), { name: 'other' });
    expect(() => decodeBlock(openEnvelope(payloadOf(RECORDS)), other)).toThrow(/msgpack.*other/);
  });

  it('throws errors with its codes only, for any input', () => {
    const random = new SeededRandom(1);
    for (let round = 0; round < 500; round += 1) {
      const payload = Buffer.from(payloadOf(round % 2 === 0 ? RECORDS : TEXT));
      for (let at = 0; at < 24; at += 1) if (random.integer(4) === 0) payload[at] = random.integer(256);
      expect(codeOfOpening(payload) ?? 'MR_WAL').toMatch(/^MR_(WAL|CODEC)/);
    }
  });
});
