import { PassThrough } from 'node:stream';
import type { DeadLetter, Storage } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { filesSink } from '../files-sink.ts';
import { deliverToStream, deliverToUrl } from './deliveries.ts';
import { readDeadLetters, type ReadDeadLettersOptions } from './read-dead-letters.ts';
import { replayDeadLetters } from './replay-dead-letters.ts';

const directory = '/letters';

function letter(batchTime: number, index: number, over: Partial<DeadLetter> = {}): DeadLetter {
  return {
    application: 'shop',
    batchTime,
    stream: 'parse',
    operator: 'map',
    partition: 0,
    index,
    record: `{"id":${batchTime + index}}`,
    recordForm: 'json',
    reason: 'TypeError: no',
    error: { name: 'TypeError', message: 'no' },
    ...over,
  };
}

async function write(
  storage: Storage,
  batchTime: number,
  letters: readonly DeadLetter[],
  operator = 'parse',
) {
  const sink = filesSink<DeadLetter>({ directory }, storage);
  await sink.open?.();
  const application = `shop-dead-letters-${operator}`;
  await sink.write(letters, { application, batchTime, outputOperation: 0, partition: 0, partitions: 1 });
  await sink.close?.();
}

async function read(storage: Storage, options: ReadDeadLettersOptions = {}) {
  const records: string[] = [];
  for await (const { letter: { record }, isReplayed } of readDeadLetters(directory, { storage, ...options }))
    records.push(isReplayed ? `${record} replayed` : record);
  return records;
} // prettier-ignore

function receiver() {
  const deliveries: (readonly string[])[] = [];
  return {
    deliveries,
    deliver: async (records: readonly string[]) => void deliveries.push([...records]),
  };
}

describe('dead letters in files', () => {
  it('are read by batch, file and line, as they were written', async () => {
    const storage = new MemoryStorage();
    await write(storage, 20_000, [letter(20_000, 0)]);
    await write(storage, 3_000, [letter(3_000, 0), letter(3_000, 1)]);
    await write(storage, 3_000, [letter(3_000, 5, { stream: 'late' })], 'late');
    expect(await read(storage)).toEqual(['{"id":3005}', '{"id":3000}', '{"id":3001}', '{"id":20000}']);
    expect(await read(storage, { stream: 'late' })).toEqual(['{"id":3005}']);
    expect(await read(storage, { from: 3_001 })).toEqual(['{"id":20000}']);
    expect(await read(storage, { to: 3_000, stream: 'parse' })).toEqual(['{"id":3000}', '{"id":3001}']);
    for await (const stored of readDeadLetters(directory, { storage, from: 20_000 }))
      expect(stored).toEqual({
        letter: letter(20_000, 0),
        file: 'shop-dead-letters-parse-20000-0-0.ndjson',
        line: 1,
        isReplayed: false,
      });
  });

  it('are found under a name that was cut, and beside files of results', async () => {
    const storage = new MemoryStorage();
    await write(storage, 3_000, [letter(3_000, 0)], 'o'.repeat(90));
    const results = filesSink<unknown>({ directory }, storage);
    await results.open?.();
    for (const application of ['shop', 's'.repeat(90)])
      await results.write([{ a: 1 }], { application, batchTime: 3_000, outputOperation: 0, partition: 0, partitions: 1 }); // prettier-ignore
    await results.close?.();
    expect(await read(storage)).toEqual(['{"id":3000}']);
  });

  it('are refused when a line is damaged, with file and line', async () => {
    const storage = new MemoryStorage();
    await write(storage, 3_000, [letter(3_000, 0), { ...letter(3_000, 1), record: 7 as never }]);
    await expect(read(storage)).rejects.toMatchObject({
      code: 'MR_SINK_FILES_NO_LETTER',
      message: expect.stringContaining(
        'line 2 of /letters/shop-dead-letters-parse-3000-0-0.ndjson',
      ) as string,
    });
  });

  it('are refused when the file was cut off in a line', async () => {
    const storage = new MemoryStorage();
    await write(storage, 3_000, [letter(3_000, 0), letter(3_000, 1)]);
    const path = '/letters/shop-dead-letters-parse-3000-0-0.ndjson';
    const file = await storage.open(path, 'read');
    const bytes = await file.readAt(0, 10_000);
    await file.close();
    await storage.remove(path);
    const cut = await storage.open(path, 'create');
    await cut.append([bytes.slice(0, -9)]);
    await cut.close();
    await expect(read(storage)).rejects.toMatchObject({
      code: 'MR_SINK_FILES_NO_LETTER',
      details: { line: '2' },
    });
  });

  it('are none in a directory without letters', async () => {
    const storage = new MemoryStorage();
    await storage.makeDirectory(directory);
    expect(await read(storage)).toEqual([]);
    const report = await replayDeadLetters(directory, receiver().deliver, { storage });
    expect(report).toEqual({ replayed: 0, before: 0, notReplayable: 0 });
  });
});

describe('a replay', () => {
  const many = Array.from({ length: 250 }, (_, index) => letter(1_000, index));

  it('delivers every record once, in groups, and a second replay delivers none', async () => {
    const storage = new MemoryStorage();
    await write(storage, 1_000, many);
    await write(storage, 2_000, [letter(2_000, 0), letter(2_000, 1, { recordForm: 'text', record: 'x' })]);
    const { deliveries, deliver } = receiver();
    expect(await replayDeadLetters(directory, deliver, { storage })).toEqual({
      replayed: 251,
      before: 0,
      notReplayable: 1,
    });
    expect(deliveries.map(({ length }) => length)).toEqual([100, 100, 50, 1]);
    expect(deliveries.flat()).toEqual([...many.map(({ record }) => record), '{"id":2000}']);
    expect(await replayDeadLetters(directory, deliver, { storage })).toMatchObject({
      replayed: 0,
      before: 251,
      notReplayable: 1,
    });
    expect(deliveries).toHaveLength(4);
    expect(await read(storage, { from: 2_000 })).toEqual(['{"id":2000} replayed', 'x']);
  });

  it('repeats all when asked', async () => {
    const storage = new MemoryStorage();
    await write(storage, 1_000, many);
    const { deliveries, deliver } = receiver();
    await replayDeadLetters(directory, deliver, { storage });
    expect(await replayDeadLetters(directory, deliver, { storage, again: true })).toMatchObject({
      replayed: 250,
    });
    expect(deliveries.flat()).toHaveLength(500);
    expect(await replayDeadLetters(directory, deliver, { storage })).toMatchObject({
      replayed: 0,
      before: 250,
    });
  });

  it('continues behind the last delivery that succeeded', async () => {
    const storage = new MemoryStorage();
    await write(storage, 1_000, many);
    const { deliveries, deliver } = receiver();
    const failing = async (records: readonly string[]) => {
      if (deliveries.length === 2) throw new Error('gone');
      await deliver(records);
    };
    await expect(replayDeadLetters(directory, failing, { storage })).rejects.toThrow('gone');
    expect(await replayDeadLetters(directory, deliver, { storage })).toMatchObject({
      replayed: 50,
      before: 200,
    });
    expect(deliveries.flat()).toEqual(many.map(({ record }) => record));
  });

  it('ends before the next delivery when it is aborted', async () => {
    const storage = new MemoryStorage();
    await write(storage, 1_000, many);
    const abort = new AbortController();
    const { deliveries, deliver } = receiver();
    const aborting = async (records: readonly string[]) => {
      await deliver(records);
      abort.abort(new Error('enough'));
    };
    const options = { storage, signal: abort.signal };
    await expect(replayDeadLetters(directory, aborting, options)).rejects.toThrow('enough');
    expect(deliveries).toHaveLength(1);
    expect(await replayDeadLetters(directory, deliver, { storage })).toMatchObject({ replayed: 150 });
  });

  it('excludes a second one at the same time', async () => {
    const storage = new MemoryStorage();
    await write(storage, 1_000, many);
    const first = replayDeadLetters(directory, async () => {
      await expect(replayDeadLetters(directory, receiver().deliver, { storage })).rejects.toMatchObject({
        code: 'MR_STORAGE_LOCKED',
      });
    }, { storage });
    expect(await first).toMatchObject({ replayed: 250 });
  }); // prettier-ignore

  it('of one stream leaves the others unmarked', async () => {
    const storage = new MemoryStorage();
    await write(storage, 1_000, [letter(1_000, 0)]);
    await write(storage, 1_000, [letter(1_000, 5, { stream: 'late' })], 'late');
    const { deliver } = receiver();
    expect(await replayDeadLetters(directory, deliver, { storage, stream: 'late' })).toMatchObject({
      replayed: 1,
    });
    expect(await replayDeadLetters(directory, deliver, { storage })).toMatchObject({
      replayed: 1,
      before: 1,
    });
  });
});

describe('deliveries', () => {
  it('to a stream are lines of JSON', async () => {
    const stream = new PassThrough();
    await deliverToStream(stream)(['{"a":1}', '2']);
    expect(String(stream.read())).toBe('{"a":1}\n2\n');
    stream.destroy();
    await expect(deliverToStream(stream)(['3'])).rejects.toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
  });

  it('to a URL are one request each, and fail with the answer but without the secret in the URL', async () => {
    const requests: Record<'url' | 'body' | 'type' | 'user' | 'redirect', unknown>[] = [];
    let status = 200;
    const send = async (url: unknown, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      const [type, user] = [headers.get('content-type'), headers.get('authorization')];
      requests.push({ url: String(url), body: init.body, type, user, redirect: init.redirect });
      return new Response('"no such\nfield"', { status });
    };
    const deliver = deliverToUrl('http://key@localhost/orders?token=secret', { fetch: send as typeof fetch });
    await deliver(['1', '2']);
    expect(requests).toEqual([
      {
        // The fetch of Node refuses a URL with a user, and repeats the URL.
        url: 'http://localhost/orders?token=secret',
        body: '1\n2\n',
        type: 'application/x-ndjson',
        user: `Basic ${Buffer.from('key:').toString('base64')}`,
        // A request after a redirection is a GET without the records.
        redirect: 'manual',
      },
    ]);
    status = 400;
    const error: unknown = await deliver(['3']).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'MR_SINK_FILES_REPLAY_REFUSED',
      message: expect.stringContaining(
        'http://localhost/orders to take the records, but it answered 400',
      ) as string,
    });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/secret|key@/);
  });

  it('to a URL are not begun with a header that HTTP cannot send, and the value is not repeated', () => {
    const headers = { authorization: 'Bearer a secret\nof two lines' };
    expect(() => deliverToUrl('http://localhost/', { headers })).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.not.stringContaining('secret') as string,
      }),
    );
  });

  it('to a URL are done with a success, although the text of the answer breaks off', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error('cut')) });
    const send = async () => new Response(body);
    await expect(deliverToUrl('http://localhost/', { fetch: send })(['1'])).resolves.toBeUndefined();
  });

  it('to a URL fail when nothing answers', async () => {
    const send = () => Promise.reject(new TypeError('fetch failed'));
    await expect(deliverToUrl('http://localhost/', { fetch: send })(['1'])).rejects.toMatchObject({
      code: 'MR_SINK_FILES_REPLAY_REFUSED',
      cause: { message: 'fetch failed' },
    });
  });
});
