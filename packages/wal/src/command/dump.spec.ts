import { crc32 } from 'node:zlib';
import { type Block, MsgpackCodec } from '@millrace/core';
import { encodeBlock } from '@millrace/core/engine';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, segmentFile } from '../../test/open-log.ts';
import { bytesOf, cutTail, flipByte, runCommand } from '../../test/run-command.ts';
import { FRAME_BYTES, HEADER_BYTES } from '../log-format.ts';
import type { CommandContext } from './command-context.ts';
import { dump, type DumpOptions } from './dump.ts';

const SEGMENT = 'log/segment-000000000001.wal';

/** One entry per time; the payload is the time as text. */
async function diskWithLog(times: readonly number[], name = 'log', storage = new MemoryStorage()) {
  const log = await openLog(storage, { name });
  for (const timeMs of times) await log.write(payload(`${timeMs}`), timeMs);
  return storage;
}

async function run(
  storage: MemoryStorage,
  differences: Partial<DumpOptions> = {},
  context: Partial<CommandContext> = {},
) {
  const options = { directory: '/wal', format: 'json', contentBytesMax: 1_000, ...differences } as const;
  const ran = await runCommand(storage, (given) => dump(given, options), context);
  const lines = ran.output.split('\n').slice(0, -1);
  return { ...ran, lines: lines.map((line) => JSON.parse(line) as { timeMs: number; segment: string }) };
}

async function timesOf(storage: MemoryStorage, differences: Partial<DumpOptions>) {
  return (await run(storage, differences)).lines.map(({ timeMs }) => timeMs);
}

describe('dump', () => {
  it('prints one JSON line per entry, with the place of the entry', async () => {
    const { exitCode, lines } = await run(await diskWithLog([5, 6]));
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      { segment: SEGMENT, offset: 64, timeMs: 5, length: 1, payload: { kind: 'text', text: '5' } },
      { segment: SEGMENT, offset: 93, timeMs: 6, length: 1, payload: { kind: 'text', text: '6' } },
    ]);
  });

  it('prints entries from one time up to another, up to the limit', async () => {
    const storage = await diskWithLog([1, 2, 3, 4]);
    expect(await timesOf(storage, { fromMs: 2, toMs: 4 })).toEqual([2, 3]);
    expect(await timesOf(storage, { limit: 3 })).toEqual([1, 2, 3]);
    expect(await timesOf(storage, { fromMs: 3, limit: 1 })).toEqual([3]);
  });

  it('selects one log by its path, or by the end of its path', async () => {
    const storage = await diskWithLog([1], 'a', await diskWithLog([2], 'b'));
    expect(await timesOf(storage, {})).toEqual([1, 2]);
    expect(await timesOf(storage, { log: 'b' })).toEqual([2]);
    expect(await timesOf(storage, { directory: '/', log: 'b' })).toEqual([2]);
    expect(await codeOf(run(storage, { log: 'c' }))).toBe('MR_WAL_LOG_NOT_FOUND');
  });

  it('shows payloads in hex, in base64, or not at all', async () => {
    const storage = await diskWithLog([7]);
    expect((await run(storage, { format: 'hex' })).lines).toMatchObject([{ hex: '37' }]);
    expect((await run(storage, { format: 'base64' })).lines).toMatchObject([{ base64: 'Nw==' }]);
    const place = { segment: SEGMENT, offset: 64, timeMs: 7, length: 1 };
    expect((await run(storage, { format: 'length' })).lines).toEqual([place]);
  });

  it('opens the blocks of a sparse log', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage, { isSparse: true });
    const block: Block = { kind: 'text', chunks: [Buffer.from('a\n')], recordCount: 1, sizeBytes: 2 };
    await log.writeParts(encodeBlock('s-1', block, new MsgpackCodec()), 0);
    const { lines } = await run(storage);
    expect(lines).toMatchObject([{ payload: { kind: 'block', blockId: 's-1', text: 'a\n' } }]);
  });

  it('reports damage on standard error, and continues', async () => {
    const storage = await diskWithLog([1, 2, 3]);
    await flipByte(storage, segmentFile(1), HEADER_BYTES + FRAME_BYTES);
    const { exitCode, lines, warnings } = await run(storage);
    expect(exitCode).toBe(1);
    expect(lines.map(({ timeMs }) => timeMs)).toEqual([2, 3]);
    expect(warnings).toBe(`DAMAGE ${SEGMENT}: entries are damaged, bytes 64 to 93\n`);
  });

  it('ends without an error before a torn tail', async () => {
    const storage = await diskWithLog([1, 2]);
    await cutTail(storage, segmentFile(1), 1);
    const { exitCode, lines, warnings } = await run(storage);
    expect({ exitCode, warnings, entries: lines.length }).toEqual({ exitCode: 0, warnings: '', entries: 1 });
  });

  it('skips a log of an unknown format, and reads the other logs', async () => {
    const storage = await diskWithLog([1], 'a', await diskWithLog([2], 'b'));
    const header = await bytesOf(storage, '/wal/a/segment-000000000001.wal');
    header.writeUInt16LE(9, 8);
    header.writeUInt32LE(crc32(header.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
    storage.writeFile('/wal/a/segment-000000000001.wal', header);
    const { exitCode, lines, warnings } = await run(storage);
    expect(exitCode).toBe(2);
    expect(lines).toMatchObject([{ timeMs: 2 }]);
    expect(warnings).toContain('UNREADABLE a: MR_WAL_UNSUPPORTED_FORMAT: ');
  });

  it('stops in the middle of a long run on its signal', async () => {
    const stopping = new AbortController();
    let written = 0;
    const write = async (text: string) => {
      written += text.length;
      stopping.abort(new Error('enough'));
    };
    const storage = await diskWithLog(Array.from({ length: 2_000 }, (_, index) => index));
    const running = run(storage, {}, { write, signal: stopping.signal });
    await expect(running).rejects.toThrow('enough');
    expect(written).toBeLessThan(66_000);
  });
});
