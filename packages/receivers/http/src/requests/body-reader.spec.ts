import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { isMillraceError } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { ClientGone } from '../client-gone.ts';
import { readBody, type BodyReaderDeps } from './body-reader.ts';
import { Unpacker } from './unpacker.ts';

const BOUNDS = { maxBodyBytes: 1_000_000, maxDecompressedBytes: 1_000_000, maxCompressionRatio: undefined };

/** Reads the body of a client, chunk by chunk; the test keeps the request. */
function reading(
  options: Partial<Omit<BodyReaderDeps, 'bounds'>> & { bounds?: Partial<BodyReaderDeps['bounds']> } = {},
) {
  const request = new PassThrough();
  const counted: number[] = [];
  const body = readBody(request, {
    encoding: 'identity',
    passage: { addBytes: (bytes) => void counted.push(bytes) },
    declaredBytes: undefined,
    unpacker: new Unpacker(),
    signals: [new AbortController().signal],
    ...options,
    bounds: { ...BOUNDS, ...options.bounds },
  });
  return { request, body, counted };
}

const sum = (counted: readonly number[]) => counted.reduce((total, bytes) => total + bytes, 0);

async function codeOf(body: Promise<Buffer>): Promise<string> {
  const error: unknown = await body.catch((reason: unknown) => reason);
  return isMillraceError(error) ? error.code : String(error);
}

describe('readBody', () => {
  it('joins the chunks and counts their memory', async () => {
    const { request, body, counted } = reading();
    request.write('one ');
    request.end('two');
    expect((await body).toString()).toBe('one two');
    expect(sum(counted)).toBe(7);
  });

  it('counts only the decompressed bytes of a compressed body in the end', async () => {
    const packed = gzipSync(randomBytes(10_000));
    const { request, body, counted } = reading({ encoding: 'gzip', declaredBytes: packed.length });
    request.end(packed);
    const { byteLength } = (await body).buffer;
    expect(sum(counted)).toBe(byteLength);
  });

  it('accepts a body of exactly the bound, and no larger one', async () => {
    const bounds = { maxBodyBytes: 7 };
    const whole = reading({ bounds });
    whole.request.write('one ');
    whole.request.end('two');
    expect((await whole.body).toString()).toBe('one two');
    const larger = reading({ bounds });
    larger.request.write('one ');
    larger.request.end('two!');
    expect(await codeOf(larger.body)).toBe('MR_HTTP_BODY_TOO_LARGE');
  });

  it('makes one buffer for a small body of known size', async () => {
    const { request, body, counted } = reading({ declaredBytes: 7 });
    request.write('one ');
    request.end('two');
    expect((await body).buffer.byteLength).toBe(7);
    expect(counted).toEqual([7]);
  });

  it('holds about the counted memory for a body that arrives byte by byte, and no chunk of the body', async () => {
    const { request, body, counted } = reading();
    const chunks = 100_000;
    for (let at = 0; at < chunks; at += 1) request.write(Buffer.alloc(65_536, 'x').subarray(0, 1));
    request.end();
    expect((await body).buffer.byteLength).toBe(sum(counted));
    expect(sum(counted)).toBeLessThan(chunks * 1.2);
    expect(counted.length).toBeLessThan(20);
  });

  it('accepts a body that compresses well at its beginning, in any chunks', async () => {
    const content = Buffer.concat([Buffer.alloc(200_000, '{"v":0}\n'), randomBytes(8_000)]);
    const packed = gzipSync(content);
    for (const step of [packed.length, 1_400, 1]) {
      const { request, body } = reading({ encoding: 'gzip', bounds: { maxCompressionRatio: 30 } });
      for (let at = 0; at < packed.length; at += step) {
        request.write(packed.subarray(at, at + step));
        if (step > 1) await settle();
      }
      request.end();
      expect((await body).equals(content)).toBe(true);
    }
  });

  it('accepts equal lines at any ratio by default', async () => {
    const { request, body } = reading({ encoding: 'br' });
    request.end(brotliCompressSync(Buffer.alloc(900_000, '{"beat":1}\n')));
    expect((await body).length).toBe(900_000);
  });

  it('decompresses one body at a time, and releases the memory of the compressed body', async () => {
    const unpacker = new Unpacker();
    const all = [1, 2, 3].map(() => reading({ encoding: 'gzip', unpacker }));
    for (const { request } of all) request.end(gzipSync(Buffer.alloc(100_000)));
    for (const { body } of all) expect((await body).length).toBe(100_000);
    for (const { counted } of all) expect(sum(counted)).toBeLessThan(120_000);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('decompresses %s', async (encoding, compress) => {
    const content = Buffer.from('some text that repeats, '.repeat(2_000));
    const { request, body } = reading({ encoding });
    const packed = compress(content);
    for (let at = 0; at < packed.length; at += 10) request.write(packed.subarray(at, at + 10));
    request.end();
    expect((await body).equals(content)).toBe(true);
  });

  it('refuses a body above its bound, and leaves the request open for an answer', async () => {
    const { request, body } = reading({ bounds: { maxBodyBytes: 10 } });
    request.write('0123456789');
    request.write('x');
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_TOO_LARGE');
    expect(request.destroyed).toBe(false);
  });

  it('refuses a body that decompresses to too much', async () => {
    const { request, body } = reading({ encoding: 'gzip', bounds: { maxDecompressedBytes: 1_000 } });
    request.end(gzipSync(Buffer.alloc(1_001)));
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_TOO_LARGE');
  });

  it('refuses a bomb by its ratio, before complete decompression', async () => {
    const { request, body, counted } = reading({ encoding: 'gzip', bounds: { maxCompressionRatio: 100 } });
    request.end(gzipSync(Buffer.alloc(900_000)));
    expect(await codeOf(body)).toBe('MR_HTTP_BODY_TOO_LARGE');
    expect(sum(counted)).toBeLessThan(300_000);
  });

  it('accepts any ratio for a small body', async () => {
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

  it('refuses bytes behind a compressed body, at once or later', async () => {
    const at = reading({ encoding: 'br' });
    at.request.end(Buffer.concat([brotliCompressSync('hello'), Buffer.from('more')]));
    expect(await codeOf(at.body)).toBe('MR_HTTP_BODY_MALFORMED');
    const later = reading({ encoding: 'deflate' });
    later.request.write(deflateSync('hello'));
    await settle();
    later.request.end('more');
    expect(await codeOf(later.body)).toBe('MR_HTTP_BODY_MALFORMED');
  });

  it('passes on the error for missing room', async () => {
    const addBytes = () => {
      throw new Error('no room');
    };
    const { request, body } = reading({ passage: { addBytes } });
    request.write('x');
    expect(await codeOf(body)).toBe('Error: no room');
  });

  it('ends when the client is gone, and on request', async () => {
    const { request, body } = reading();
    request.write('x');
    request.destroy();
    await expect(body).rejects.toBeInstanceOf(ClientGone);
    const stopping = new AbortController();
    const other = reading({ signals: [new AbortController().signal, stopping.signal] });
    stopping.abort(new Error('stopped'));
    expect(await codeOf(other.body)).toBe('Error: stopped');
    expect(other.request.destroyed).toBe(false);
  });
});
