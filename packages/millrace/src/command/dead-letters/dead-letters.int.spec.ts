// Dead letters as a files sink writes them, listed and replayed by the command line. A server on 127.0.0.1 takes the records.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeadLetter } from '@millrace/core';
import { filesSink } from '@millrace/sink-files';
import { MemoryStorage } from '@millrace/testing';
import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runAsked } from '../../../test/surroundings.ts';
import { readCommandLine } from '../command-line.ts';
import type { CommandSurroundings } from '../command-surroundings.ts';

const directory = '/letters';
let storage: MemoryStorage;

beforeEach(async () => {
  storage = new MemoryStorage();
  await write(1_000, [letter(1_000, 0), letter(1_000, 1, { record: '{"id":"\u001B[31m"}' })]);
  await write(2_000, [letter(2_000, 0, { stream: 'orders' })], 'orders');
});

function letter(batchTime: number, index: number, differences: Partial<DeadLetter> = {}): DeadLetter {
  return {
    application: 'shop',
    batchTime,
    stream: 'readings',
    operator: 'map',
    partition: 0,
    index,
    record: `{"id":${batchTime + index}}`,
    recordForm: 'json',
    reason: 'TypeError: no',
    error: { name: 'TypeError', message: 'no' },
    ...differences,
  };
}

async function write(
  batchTime: number,
  letters: readonly DeadLetter[],
  operator = 'readings',
): Promise<void> {
  const sink = filesSink<DeadLetter>({ directory }, storage);
  await sink.open?.();
  const application = `shop-dead-letters-${operator}`;
  await sink.write(letters, { application, batchTime, outputOperation: 0, partition: 0, partitions: 1 });
  await sink.close?.();
}

const run = (args: readonly string[], differences: Partial<CommandSurroundings> = {}) =>
  runAsked(readCommandLine(['dead-letters', ...args]), { storage, ...differences });

describe('millrace dead-letters list', () => {
  it('prints a line for each letter, oldest batch first, without control characters', async () => {
    expect(await run(['list', directory])).toEqual({
      exitCode: 0,
      warnings: '',
      output: [
        '1970-01-01T00:00:01.000Z readings map: TypeError: no: {"id":1000}',
        '1970-01-01T00:00:01.000Z readings map: TypeError: no: {"id":"\\x1b[31m"}',
        '1970-01-01T00:00:02.000Z orders map: TypeError: no: {"id":2000}',
        '3 dead letters, 0 replayed',
        '',
      ].join('\n'),
    });
  });

  it('chooses letters by stream, batch and number', async () => {
    const lines = async (...args: readonly string[]) =>
      (await run(['list', directory, ...args])).output.split('\n');
    expect(await lines('--stream', 'orders')).toHaveLength(3);
    expect(await lines('--from', '1970-01-01T00:00:02Z')).toHaveLength(3);
    expect(await lines('--to', '1500', '--limit', '1')).toEqual([
      expect.stringContaining('{"id":1000}'),
      '1 dead letter shown, 0 replayed',
      '',
    ]);
  });

  it('prints JSON, and cuts long records for people only', async () => {
    const record = JSON.stringify({ text: 'x'.repeat(1_000) });
    await write(3_000, [letter(3_000, 0, { record })], 'long');
    const people = await run(['list', directory, '--from', '3000']);
    expect(people.output.split('\n')[0]).toMatch(/: \{"text":"x{191}…$/);
    const { output } = await run(['list', directory, '--json']);
    const letters = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly letter: DeadLetter });
    expect(letters.map(({ letter: { batchTime } }) => batchTime)).toEqual([1_000, 1_000, 2_000, 3_000]);
    expect(letters.at(-1)?.letter.record).toBe(record);
  });
});

describe('millrace dead-letters replay', () => {
  let server: Server;
  let url = '';
  let requests: { readonly body: string; readonly authorization: string | undefined }[] = [];
  let status = 200;

  beforeEach(async () => {
    requests = [];
    status = 200;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
      request.on('end', () => {
        requests.push({ body, authorization: request.headers.authorization });
        // A redirection leads to a place that takes every request.
        const answered = request.url === '/elsewhere' ? 200 : status;
        response.writeHead(answered, answered === 302 ? { location: '/elsewhere' } : {}).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/readings`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('posts each record once, and marks the letters', async () => {
    const first = await run(['replay', directory, '--url', url, '--batch', '1']);
    expect(first).toMatchObject({ exitCode: 0, output: '3 replayed, 0 replayed before, 0 not replayable\n' });
    expect(requests.map(({ body }) => body)).toEqual([
      '{"id":1000}\n',
      '{"id":"\u001B[31m"}\n',
      '{"id":2000}\n',
    ]);
    const second = await run(['replay', directory, '--url', url, '--json']);
    expect(JSON.parse(second.output)).toEqual({ replayed: 0, before: 3, notReplayable: 0 });
    expect((await run(['list', directory, '--limit', '1'])).output).toContain('(replayed)\n');
    const again = await run(['replay', directory, '--url', url, '--again', '--stream', 'orders']);
    expect(again.output).toContain('1 replayed, 0 replayed before');
  });

  it('sends a token of the environment, and further headers', async () => {
    const args = [
      'replay',
      directory,
      '--url',
      url,
      '--token-variable',
      'TOKEN',
      '--header',
      'x-source: replay',
    ];
    await run(args, { environment: { TOKEN: 'a secret of 16 letters' } });
    expect(requests[0]?.authorization).toBe('Bearer a secret of 16 letters');
    const without = await run(args);
    expect(without).toMatchObject({ exitCode: 2, warnings: expect.stringContaining('variable TOKEN') });
  });

  it.each([503, 302])('fails when the destination answers %i, and marks nothing', async (answered) => {
    status = answered;
    await expect(run(['replay', directory, '--url', url])).rejects.toMatchObject({
      code: 'MR_SINK_FILES_REPLAY_REFUSED',
    });
    expect(requests).toHaveLength(1);
    expect((await run(['list', directory])).output).toContain('3 dead letters, 0 replayed');
  });

  it('prints the records, and the report beside', async () => {
    const { output, warnings } = await run(['replay', directory, '--stdout', '--stream', 'orders']);
    expect(output).toBe('{"id":2000}\n');
    expect(warnings).toBe('1 replayed, 0 replayed before, 0 not replayable\n');
  });

  it('ends with 1 when letters stay that JSON cannot hold', async () => {
    await write(3_000, [letter(3_000, 0, { recordForm: 'text', record: '[Function]' })], 'odd');
    expect(await run(['replay', directory, '--stdout'])).toMatchObject({
      exitCode: 1,
      warnings: '3 replayed, 0 replayed before, 1 not replayable\n',
    });
    expect(await run(['replay', directory, '--stdout'])).toMatchObject({
      exitCode: 1,
      warnings: '0 replayed, 3 replayed before, 1 not replayable\n',
    });
    expect((await run(['list', directory, '--from', '3000'])).output).not.toContain('(replayed)');
  });

  it('requires a destination, and one only', () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const args of [[], ['--url', url, '--stdout'], ['--url', 'ftp://a'], ['--stdout', '--batch', '0']]) {
      expect(() => readCommandLine(['dead-letters', 'replay', directory, ...args])).toThrow(CommanderError);
    }
    written.mockRestore();
  });
});
