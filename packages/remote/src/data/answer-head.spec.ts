import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerHeadIn } from './answer-head.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\nDate: now\r\nConnection: keep-alive\r\n\r\n';
const damaged = expect.objectContaining({ code: 'MR_REMOTE_DATA_DAMAGED' });
const headOf = (text: string, from = 0) => answerHeadIn(Buffer.from(text, 'latin1'), from);

describe('the head of an answer', () => {
  it('has a status, a size and an end', () => {
    expect(headOf(`${OK}body`)).toEqual({ status: 200, sizeBytes: 12, isKept: true, end: OK.length });
    expect(headOf(`xx${OK}`, 2)).toMatchObject({ end: OK.length + 2 });
  });

  it('is awaited until its end', () => {
    for (let length = 0; length < OK.length; length += 1) expect(headOf(OK.slice(0, length))).toBeUndefined();
  });

  it('may be a sign of life, without a size', () => {
    expect(headOf('HTTP/1.1 102 Processing\r\n\r\n')).toEqual({
      status: 102,
      sizeBytes: undefined,
      isKept: true,
      end: 27,
    });
  });

  it('says that the connection ends', () => {
    expect(
      headOf('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nconnection: Close\r\n\r\n'),
    ).toMatchObject({
      status: 401,
      sizeBytes: 0,
      isKept: false,
    });
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['an older version', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 2x0 OK\r\ncontent-length: 1\r\n\r\n'],
    ['a change of the protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['no size', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['a size that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: 0x10\r\n\r\n'],
    ['a negative size', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['an unsafe size', 'HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n'],
    ['two sizes', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n'],
    ['chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['a line that is no field', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nno field\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 1\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n 2\r\n\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\ncontent-length: 1\nx: y\r\n\r\n'],
  ])('is refused with %s', (_, text) => {
    expect(() => headOf(text)).toThrow(damaged);
  });

  it('is any bytes to a reader, which never throws another error', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('content-length: 5', 'a: b', ''),
    );
    const head = fc
      .array(line, { maxLength: 6 })
      .map((lines) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n'));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary-ascii' }), head), (text) => {
        try {
          const found = headOf(text);
          if (found !== undefined) expect(found.end).toBeLessThanOrEqual(text.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MR_REMOTE_DATA_DAMAGED' });
        }
      }),
    );
  });
});
