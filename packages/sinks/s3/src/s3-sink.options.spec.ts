import { describe, expect, it } from 'vitest';
import { s3Sink } from './s3-sink.ts';
import { type S3SinkInput, s3SinkOptions } from './s3-sink.options.ts';

describe('the options of s3Sink', () => {
  it('have defaults', () => {
    expect(s3SinkOptions.parse({ bucket: 'shop' })).toEqual({
      bucket: 'shop',
      prefix: '',
      format: 'ndjson',
      region: 'us-east-1',
      partBytes: 8_388_608,
      attempts: 3,
      requestTimeoutMs: 60_000,
    });
  });

  const WRONG: readonly (readonly [string, object, string])[] = [
    ['no name', { bucket: 'a/b' }, 'bucket'],
    ['a prefix that begins with a slash', { prefix: '/a' }, 'prefix'],
    ['a prefix that leads out', { prefix: 'a/../b/' }, 'prefix'],
    ['a prefix with two slashes', { prefix: 'a//b' }, 'prefix'],
    ['a suffix of compressed files', { suffix: '.txt.gz' }, 'suffix'],
    ['an unknown format', { format: 'parquet' }, 'format'],
    [
      'a format of compressed files',
      { format: { suffix: '.gz', contentType: 'x', encode: () => [] } },
      'format',
    ],
    ['a format without a conversion', { format: { suffix: '.x', contentType: 'x' } }, 'format'],
    ['an endpoint with a path', { endpoint: 'http://h/a' }, 'endpoint'],
    ['an endpoint with a user', { endpoint: 'http://a:b@h' }, 'endpoint'],
    ['half of a key', { accessKeyId: 'a' }, 'accessKeyId'],
    ['a token alone', { sessionToken: 'a' }, 'sessionToken'],
    ['tls beside http://', { endpoint: 'http://h', tls: {} }, 'tls'],
    ['small parts', { partBytes: 5_242_879 }, 'partBytes'],
  ];
  it.each(WRONG)('refuse %s', (_, options, name) => {
    expect(() => s3Sink({ bucket: 'shop', ...options } as S3SinkInput)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });
});
