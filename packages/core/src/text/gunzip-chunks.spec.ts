import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipChunks, isGzipFailure, isGzipName } from './gunzip-chunks.ts';

/** A source in pieces that records its closing. */
function source(bytes: Uint8Array, pieceBytes: number) {
  const state = { isClosed: false };
  async function* pieces() {
    try {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    } finally {
      state.isClosed = true;
    }
  }
  return { state, chunks: pieces() };
}

const text = 'a line of text\n'.repeat(10_000);

async function textOf(bytes: Uint8Array, pieceBytes = 1_000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzipChunks(source(bytes, pieceBytes).chunks, { chunkBytes: 4_096 }))
    chunks.push(chunk);
  expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(4_096);
  return Buffer.concat(chunks).toString();
}

describe('gunzipChunks', () => {
  it.each([1, 7, 1_000_000])('decompresses chunks of %i bytes', async (pieceBytes) => {
    expect(await textOf(gzipSync(text), pieceBytes)).toBe(text);
  });

  it('decompresses an empty file, and consecutive members', async () => {
    expect(await textOf(gzipSync(''))).toBe('');
    expect(await textOf(Buffer.concat([gzipSync('one'), gzipSync('two')]))).toBe('onetwo');
  });

  it.each([
    ['no gzip', Buffer.from('plain text')],
    ['cut short', gzipSync(text).subarray(0, 100)],
    ['damaged', gzipSync(text).fill(0xff, 60, 80)],
  ])('fails for bytes that are %s', async (_, bytes) => {
    await expect(textOf(bytes)).rejects.toMatchObject({ code: expect.stringMatching(/^Z_/) });
  });

  it('passes on errors of the source', async () => {
    const failure = new Error('source');
    async function* failing() {
      yield gzipSync(text).subarray(0, 50);
      throw failure;
    }
    const reading = (async () => {
      for await (const _ of gunzipChunks(failing(), { chunkBytes: 4_096 }))
        expect(_.length).toBeGreaterThan(0);
    })();
    await expect(reading).rejects.toBe(failure);
  });

  it('closes the source when the consumer ends early', async () => {
    const { state, chunks } = source(gzipSync(text), 10);
    for await (const _ of gunzipChunks(chunks, { chunkBytes: 64 })) break;
    expect(state.isClosed).toBe(true);
  });
});

describe('isGzipName', () => {
  it('decides by the end of the name', () => {
    expect(['a.gz', 'a.txt.GZ', '.gz'].map(isGzipName)).toEqual([true, true, true]);
    expect(['a.gzip', 'agz', 'a.gz.txt'].map(isGzipName)).toEqual([false, false, false]);
  });
});

describe('isGzipFailure', () => {
  const failureOf = async (source: AsyncIterable<Uint8Array>): Promise<unknown> => {
    try {
      for await (const chunk of gunzipChunks(source, { chunkBytes: 64 })) expect(chunk).toBeDefined();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('distinguishes bytes that are not gzip from a failing source', async () => {
    expect(isGzipFailure(await failureOf(source(Buffer.from('text'), 4).chunks))).toBe(true);
    async function* failing(): AsyncGenerator<Uint8Array> {
      await Promise.reject(new Error('source'));
      yield Buffer.alloc(0);
    }
    expect(isGzipFailure(await failureOf(failing()))).toBe(false);
  });
});
