// Parquet and Arrow files of the sink, read by the engine of ClickHouse, whose readers are of Apache Arrow in C++ and its own.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../../../tools/servers/real-server.ts';
import { filesSink } from '../src/index.ts';

const ROWS = 5_000;
const START_MS = 60_000;

let server: RealServer | undefined;
beforeAll(async () => {
  server = await startServer('clickhouse');
}, START_MS);
afterAll(() => server?.stop(), START_MS);

async function ask(port: number, statement: string): Promise<readonly unknown[]> {
  const url = `http://127.0.0.1:${port}/?default_format=JSONEachRow`;
  const response = await fetch(url, { method: 'POST', body: statement });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

describe('files of filesSink', () => {
  it.for([
    ['parquet', 'Parquet', 'snappy'],
    ['parquet', 'Parquet', 'none'],
    ['arrow', 'Arrow', undefined],
  ] as const)(
    'with format %s are tables for ClickHouse (%s, compression %s)',
    { timeout: 60_000 },
    async ([format, name, compression], { expect, skip }) => {
      if (server === undefined) return skip(notInstalled('clickhouse'));
      const directory = await mkdtemp(join(tmpdir(), 'millrace-sink-files-'));
      onTestFinished(() => rm(directory, { recursive: true, force: true }));
      const sink = filesSink<object>({
        directory,
        format,
        columns: [
          'text',
          { name: 'flag', type: 'boolean' },
          { name: 'small', type: 'int32' },
          { name: 'big', type: 'int64' },
          { name: 'share', type: 'double' },
          { name: 'at', type: 'timestamp' },
          { name: 'raw', type: 'bytes' },
        ],
        rowGroupRows: 1_000,
        ...(compression === undefined ? {} : { compression }),
      });
      await sink.open?.();
      const records = Array.from({ length: ROWS }, (_, index) => ({
        text: `ä ${index}`,
        flag: index % 2 === 0,
        small: -index,
        big: 2n ** 62n + BigInt(index),
        share: index / 8,
        at: new Date(index),
        raw: Buffer.from([255, 0]),
      }));
      await sink.write(records, {
        application: 'a',
        batchTime: 1,
        outputOperation: 0,
        partition: 0,
        partitions: 1,
      });
      await sink.write([{}], {
        application: 'a',
        batchTime: 2,
        outputOperation: 0,
        partition: 0,
        partitions: 1,
      });
      await sink.close?.();
      const [first, second] = (await readdir(directory))
        .filter((file) => file.endsWith(`.${format}`))
        .toSorted();
      const file = (path = '') => `file('${join(directory, path)}', ${name})`;
      const sums = `SELECT count() AS rows, uniqExact(text) AS texts, countIf(flag) AS flags, sum(small) AS smalls,
        toString(max(big)) AS big, sum(share) AS shares, toUnixTimestamp64Milli(max(at)) AS at, any(hex(raw)) AS raw FROM`;
      expect((await ask(server.port, `${sums} ${file(first)}`)).map(numbers)).toEqual([
        {
          rows: ROWS,
          texts: ROWS,
          flags: ROWS / 2,
          smalls: -(ROWS * (ROWS - 1)) / 2,
          big: String(2n ** 62n + BigInt(ROWS - 1)),
          shares: (ROWS * (ROWS - 1)) / 16,
          at: ROWS - 1,
          raw: 'FF00',
        },
      ]);
      const none = { text: null, flag: null, small: null, big: null, share: null, at: null, raw: null };
      expect(await ask(server.port, `SELECT * FROM ${file(second)}`)).toEqual([none]);
    },
  );
});

/** Counts come as numbers or, by a setting of ClickHouse, as texts. */
function numbers(row: unknown): unknown {
  const entries = Object.entries(row as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, ['big', 'raw'].includes(name) ? value : Number(value)]),
  );
}
