import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, segmentFile } from '../../test/open-log.ts';
import { cutTail, flipByte, runCommand } from '../../test/run-command.ts';
import { HEADER_BYTES } from '../log-format.ts';
import type { CommandContext } from './command-context.ts';
import { inspect } from './inspect.ts';

async function diskWithLogs(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const times = [0, Date.UTC(2026, 0, 31)];
  for (const name of ['log', 'other']) {
    const log = await openLog(storage, { name, isSparse: name === 'other' });
    for (const timeMs of times) await log.write(payload('x', 2_000), timeMs);
    if (name === 'other') await log.close();
  }
  return storage;
}

function run(storage: MemoryStorage, json = false, differences: Partial<CommandContext> = {}) {
  return runCommand(storage, (context) => inspect(context, { directory: '/wal', json }), differences);
}

describe('inspect', () => {
  it('prints every log with its segments, and sums', async () => {
    const { exitCode, output } = await run(await diskWithLogs());
    expect(exitCode).toBe(0);
    expect(output.replaceAll(/ +/g, ' ').split('\n')).toEqual([
      'log (sequence): 1 segment, 2 records, 4.0 KiB',
      'segment size created format records oldest newest state',
      ' 1 4.0 KiB 1000 1 2 0 2026-01-31 00:00:00Z open',
      '',
      'other (sparse): 1 segment, 2 records, 4.1 KiB',
      'segment size created format records oldest newest state',
      ' 1 4.1 KiB 1000 1 2 0 2026-01-31 00:00:00Z sealed',
      '',
      '2 logs, 2 segments, 4 records, 8.1 KiB, no damage',
      '',
    ]);
  });

  it('draws borders on a terminal only', async () => {
    const storage = await diskWithLogs();
    expect((await run(storage)).output).not.toContain('│');
    expect((await run(storage, false, { isTerminal: true })).output).toContain('│ segment │');
  });

  it('shows damage and a torn tail at their places', async () => {
    const storage = await diskWithLogs();
    await cutTail(storage, segmentFile(1), 1);
    await flipByte(storage, '/wal/other/segment-000000000001.wal', HEADER_BYTES);
    const { exitCode, output } = await run(storage);
    expect(exitCode).toBe(0);
    expect(output).toContain('torn tail, 29 bytes');
    expect(output).toContain('DAMAGE other/segment-000000000001.wal: entries are damaged, bytes 64 to 2,092');
    expect(output).toContain('1 damaged place\n');
  });

  it('prints the same content as one JSON object', async () => {
    const { output } = await run(await diskWithLogs(), true);
    expect(JSON.parse(output)).toMatchObject({
      directory: '/wal',
      logs: [
        {
          name: 'log',
          layout: 'sequence',
          segments: [{ number: 1, state: 'open', records: 2, oldestMs: 0 }],
        },
        { name: 'other', layout: 'sparse', segments: [{ state: 'sealed', formatVersion: 1 }] },
      ],
      totals: { logs: 2, segments: 2, records: 4, damagedPlaces: 0, unreadable: 0 },
    });
  });

  it('refuses a directory without logs', async () => {
    const storage = new MemoryStorage();
    await storage.makeDirectory('/wal');
    expect(await codeOf(run(storage))).toBe('MR_WAL_LOG_NOT_FOUND');
  });
});
