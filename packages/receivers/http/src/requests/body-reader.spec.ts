import { PassThrough } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { isMillraceError } from '@millrace/core';
import { settle } from '@millrace/harness';
import { describe, expect, it } from 'vitest';
import { ClientGone } from '../client-gone.ts';
import { readBody, type BodyReaderParts } from './body-reader.ts';

const BOUNDS = { maxBodyBytes: 1_000_000, maxDecompressedBytes: 1_000_000, maxCompressionRatio: 100 };

/** Reads what a client sends, chunk by chunk; the request stays at hand. */
function reading(
  options: Partial<Omit<BodyReaderParts, 'bounds'>> & { bounds?: Partial<typeof BOUNDS> } = {},
) {
  const request = new PassThrough();
  const counted: number[] = [];
  const body = readBody(request, {
    encoding: 'identity',
    passage: { addBytes: (bytes) => void counted.push(bytes) },
    signal: new AbortController().signal,
    ...options,
    bounds: { ...BOUNDS, ...options.bounds },
  });
  return { request, body, counted };
}

async function codeOf(body: Promise<Buffer>): Promise<string> {
  const error: unknown = await body.catch((reason: unknown) => reason);
  return isMillraceError(error) ? error.code : String(error);
}

describe('readBody', () => {
  it('joins the chunks and counts them', async () => {
    const { request, body, counted } = reading();
    request.write('one ');
    request.end('two');
    expect((await body).toString()).toBe('one two');
    expect(counted).toEqual([4, 3]);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('unpacks %s', async (encoding, compress) => {
    const content = Buffer.from('some text that repeats, '.repeat(2_000));
    const { request, body } = reading({ encoding });
    const packed = compress(content);
    for (let at = 0; at < packed.length; at += 10) request.write(packed.subarray(at, at + 10));
    request.end();
    expect((await body).equals(content)).toBe(true);
  });

  it('refuses a body above its bound, and leaves the request alive to be answered', async () => {
    const { request, body } = reading({ bounds: { maxBodyBytes: 10 } });
    request.write('0123456789');
    request.write('x');
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_TOO_LARGE');
    expect(request.destroyed).toBe(false);
  });

  it('refuses what unpacks to too much', async () => {
    const { request, body } = reading({ encoding: 'gzip', bounds: { maxDecompressedBytes: 1_000 } });
    request.end(gzipSync(Buffer.alloc(1_001)));
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_TOO_LARGE');
  });

  it('refuses a bomb by its ratio, before it has unpacked', async () => {
    const { request, body, counted } = reading({ encoding: 'gzip' });
    request.end(gzipSync(Buffer.alloc(900_000)));
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_TOO_LARGE');
    expect(counted.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(200_000);
  });

  it('lets a small body unpack to any ratio', async () => {
    const { request, body } = reading({ encoding: 'gzip' });
    request.end(gzipSync(Buffer.alloc(60_000)));
    expect((await body).length).toBe(60_000);
  });

  it.each([
    ['is cut off', gzipSync('hello').subarray(0, 15)],
    ['is nothing of the kind', Buffer.from('hello')],
    ['is empty', Buffer.alloc(0)],
    ['goes on after its end', Buffer.concat([gzipSync('hello'), Buffer.from('more')])],
    ['is padded', Buffer.concat([gzipSync('hello'), Buffer.alloc(4)])],
  ])('refuses gzip that %s', async (_, packed) => {
    const { request, body } = reading({ encoding: 'gzip' });
    request.end(packed);
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_MALFORMED');
  });

  it('refuses what follows a packed body, at once or later', async () => {
    const at = reading({ encoding: 'br' });
    at.request.end(Buffer.concat([brotliCompressSync('hello'), Buffer.from('more')]));
    expect(await codeOf(at.body)).toBe('MR_HTTP_BODY_MALFORMED');
    const later = reading({ encoding: 'deflate' });
    later.request.write(deflateSync('hello'));
    await settle();
    later.request.end('more');
    expect(await codeOf(later.body)).toBe('MR_HTTP_BODY_MALFORMED');
  });

  it('passes on that there is no room', async () => {
    const addBytes = () => {
      throw new Error('no room');
    };
    const { request, body } = reading({ passage: { addBytes } });
    request.write('x');
    expect(await codeOf(body)).toBe('Error: no room');
  });

  it('ends when the client goes, and when it is told to', async () => {
    const { request, body } = reading();
    request.write('x');
    request.destroy();
    await expect(body).rejects.toBeInstanceOf(ClientGone);
    const stopping = new AbortController();
    const other = reading({ signal: stopping.signal });
    stopping.abort(new Error('stopped'));
    expect(await codeOf(other.body)).toBe('Error: stopped');
    expect(other.request.destroyed).toBe(false);
  });
});
