// The sink over a real store: uploads in parts, several writers, wrong places, secrets.
import { inspect } from 'node:util';
import type { Sink } from '@millrace/core';
import { describe, expect, onTestFinished } from 'vitest';
import { BreakingHttpProxy } from '../../../../tools/servers/breaking-http-proxy.ts';
import { s3Sink, type S3SinkInput } from '../src/index.ts';
import { withS3 } from './with-s3.ts';

const { itWithS3, server } = withS3();
const MEBIBYTE = 1_048_576;
const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 0, partitions: 1 };
const KEY = 'app-1000-0-0.txt';

async function open(options: Partial<S3SinkInput> = {}) {
  const bucket = await server().bucket();
  const proxy = await BreakingHttpProxy.start(server().port, ({ method, url }) => `${method} ${url}`);
  onTestFinished(() => proxy.close());
  const openSink = async (): Promise<Sink<string>> => {
    const place = bucket.place(proxy.port);
    const sink = s3Sink<string>({ ...place, format: 'text', attempts: 1, ...options });
    onTestFinished(() => sink.close?.());
    await sink.open?.();
    return sink;
  };
  return { bucket, proxy, openSink, sink: await openSink() };
}

/** More than two parts of the least size. */
function* lines(count = 12) {
  for (let index = 0; index < count; index += 1) yield `${index}`.repeat(MEBIBYTE).slice(0, MEBIBYTE);
}

describe('a large partition', () => {
  const parts = { partBytes: 5 * MEBIBYTE };
  const all = [...lines()].join('\n');

  itWithS3('is uploaded in parts, and visible at the end only', async () => {
    const { bucket, sink } = await open(parts);
    await sink.write(lines(), write);
    expect([...(await bucket.objects())]).toEqual([[KEY, `${all}\n`]]);
  });

  itWithS3('leaves nothing when the records fail, or a part', async () => {
    const { bucket, proxy, sink } = await open(parts);
    function* failing() {
      yield* lines();
      throw new Error('late');
    }
    await expect(sink.write(failing(), write)).rejects.toThrow('late');
    for (const request of ['uploads', 'partNumber=1', 'partNumber=3']) {
      proxy.breakAt({ at: request });
      await expect(sink.write(lines(), write)).rejects.toMatchObject({ code: 'MR_SINK_S3_UNREACHABLE' });
    }
    expect([...(await bucket.objects())]).toEqual([]);
    proxy.breakAt({ at: `POST /${bucket.name}/${KEY}?uploadId`, takesEffect: true });
    await expect(sink.write(lines(), write)).rejects.toMatchObject({ code: 'MR_SINK_S3_UNREACHABLE' });
    await sink.write(lines(), write);
    expect([...(await bucket.objects())]).toEqual([[KEY, `${all}\n`]]);
  });

  itWithS3('may be written by two sinks at once (SINK-15)', async () => {
    const { bucket, sink, openSink } = await open(parts);
    const other = await openSink();
    await Promise.all([sink.write(lines(), write), other.write(lines(), write)]);
    expect([...(await bucket.objects())]).toEqual([[KEY, `${all}\n`]]);
  });
});

describe('an object that exists', () => {
  itWithS3('keeps its first content', async () => {
    const { bucket, sink, openSink } = await open();
    await sink.write(['first'], write);
    await (await openSink()).write(['second'], write);
    expect(await bucket.lines()).toEqual(['first']);
  });
});

describe('a wrong place', () => {
  const WRONG: readonly (readonly [string, Partial<S3SinkInput>, string])[] = [
    ['a missing bucket', { bucket: 'nowhere-at-all' }, 'MR_SINK_S3_NO_BUCKET'],
    ['a wrong secret', { secretAccessKey: 'wrong-horse-battery' }, 'MR_SINK_S3_DENIED'],
    ['no server', { endpoint: 'http://127.0.0.1:1' }, 'MR_SINK_S3_UNREACHABLE'],
    [
      'a missing file',
      { endpoint: 'https://127.0.0.1:1', tls: { caFile: 'nowhere.pem' } },
      'MR_SINK_S3_TLS_UNUSABLE',
    ],
  ];
  for (const [what, options, code] of WRONG) {
    itWithS3(`is refused by open, without secrets: ${what}`, async () => {
      const failure: unknown = await open(options).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }

  itWithS3('is not told by the description of a sink', async () => {
    const { sink } = await open();
    expect(inspect(sink, { depth: 10, showHidden: true })).not.toContain('horse');
  });
});
