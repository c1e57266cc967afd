import { ManualClock } from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { openLog, payload, segmentFile } from '../../test/open-log.ts';
import { cutTail, flipByte, runCommand } from '../../test/run-command.ts';
import { FRAME_BYTES, HEADER_BYTES } from '../log-format.ts';
import type { CommandContext } from './command-context.ts';
import { verify } from './verify.ts';

async function diskWithLog(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const log = await openLog(storage);
  for (const text of ['a', 'b', 'c']) await log.write(payload(text), 1);
  return storage;
}

function run(storage: MemoryStorage, json = false, differences: Partial<CommandContext> = {}) {
  return runCommand(storage, (context) => verify(context, { directory: '/wal', json }), differences);
}

describe('verify', () => {
  it('ends with 0 when everything can be read, also while the log is in use', async () => {
    const { exitCode, output } = await run(await diskWithLog());
    expect(exitCode).toBe(0);
    expect(output).toContain('ok log: 1 segment, 3 records\n');
    expect(output).toContain('1 log, 1 segment, 3 records, 151 B, no damage\n');
  });

  it('ends with 0 for a torn tail, and reports the tail', async () => {
    const storage = await diskWithLog();
    await cutTail(storage, segmentFile(1), 1);
    const { exitCode, output } = await run(storage);
    expect(exitCode).toBe(0);
    expect(output).toContain('torn tail of 28 bytes in segment-000000000001.wal');
  });

  it('ends with 1 for damage, with the place of the damage', async () => {
    const storage = await diskWithLog();
    await flipByte(storage, segmentFile(1), HEADER_BYTES + FRAME_BYTES);
    const { exitCode, output } = await run(storage);
    expect(exitCode).toBe(1);
    expect(output).toContain('DAMAGED log: 1 segment, 2 records\n');
    expect(output).toContain('DAMAGE log/segment-000000000001.wal: entries are damaged, bytes 64 to 93\n');
  });

  it('ends with 2 when a log cannot be read', async () => {
    const storage = await diskWithLog();
    storage.open = () => Promise.reject(coreError('MR_STORAGE_DENIED', 'permission denied'));
    const { exitCode, output } = await run(storage);
    expect(exitCode).toBe(2);
    expect(output).toContain(
      'UNREADABLE log: 0 segments, 0 records\n  MR_STORAGE_DENIED: permission denied\n',
    );
  });

  it('reports the reading rate by its clock', async () => {
    const storage = await diskWithLog();
    const clock = new ManualClock();
    const list = storage.list.bind(storage);
    storage.list = async (path) => {
      if (path === '/wal/log') await clock.advance(500);
      return list(path);
    };
    const { output } = await run(storage, true, { clock });
    const { verdict, elapsedMs, recordsPerSecond } = JSON.parse(output) as Record<string, unknown>;
    expect(verdict).toBe('clean');
    expect(recordsPerSecond).toBe(3_000 / (elapsedMs as number));
  });

  it('moves a bar to the end and releases the terminal', async () => {
    const seen: (number | string)[] = [];
    const progress = (total: number) => {
      seen.push(`of ${total}`);
      return { update: (bytes: number) => void seen.push(bytes), end: () => void seen.push('end') };
    };
    await run(await diskWithLog(), false, { progress });
    expect(seen[0]).toBe('of 151');
    expect(seen.slice(-2)).toEqual([151, 'end']);
  });
});
