import { type ConfiguredReceiver, ManualClock, type SourceRange } from '@millrace/core';
import { MemoryStorage, RecordingLogger, RecordingReceiverContext, settle } from '@millrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplayInput } from './replay-options.ts';
import type { ReplayRecord } from './parsing/record-parser.ts';
import { replay } from './replay.ts';

const FILE = '/data';

/** All records stored by a replay of this content, with their positions. */
async function replayed(content: string, options: Partial<ReplayInput> = {}) {
  const storage = new MemoryStorage();
  storage.writeFile(FILE, content);
  const context = new RecordingReceiverContext<ReplayRecord>({ clock: new ManualClock(), storage });
  const configured = replay({
    file: FILE,
    format: 'ndjson',
    timestamp: 't',
    timestampFormat: 'epoch-ms',
    speed: 'max',
    ...options,
  });
  await context.start(configured.create());
  await settle();
  return { storage, configured, records: context.records, positions: context.unacknowledged };
}

async function read(
  { configured, storage }: { configured: ConfiguredReceiver<ReplayRecord>; storage: MemoryStorage },
  range: SourceRange,
): Promise<readonly ReplayRecord[]> {
  const records: ReplayRecord[] = [];
  const context = {
    streamId: 0,
    signal: new AbortController().signal,
    clock: new ManualClock(),
    storage,
    log: new RecordingLogger(),
  };
  for await (const piece of configured.readRange?.(range, context) ?? []) {
    if (piece.kind === 'records') records.push(...piece.records);
  }
  return records;
}

const rangeOf = (positions: readonly unknown[], first: number, last: number): SourceRange =>
  first === 0 ? { to: positions[last] } : { from: positions[first - 1], to: positions[last] };

const lines = (...records: readonly unknown[]) =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n');

/** Records, some malformed, of sufficient total length for several chunks. */
const contents = fc
  .array(fc.record({ t: fc.nat(50), isGood: fc.boolean(), padding: fc.nat(40) }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((rows) =>
    rows.map(({ t, isGood, padding }) =>
      isGood ? { t, padding: 'x'.repeat(padding * 500) } : { wrong: 'x'.repeat(padding) },
    ),
  );

const layouts = {
  ndjson: (rows: readonly object[]) => lines(...rows),
  json: (rows: readonly object[]) => JSON.stringify(rows),
  csv: (rows: readonly { t?: number; padding?: string }[]) =>
    ['t,padding', ...rows.map(({ t, padding }) => (t === undefined ? '"stray' : `${t},${padding}`))].join(
      '\n',
    ),
};

describe('a range of a replay', () => {
  it.each(['ndjson', 'json', 'csv'] as const)(
    'has the same records in the same order, wherever the range is cut, in %s (BAT-4)',
    async (format) => {
      const shares = fc.constantFrom(undefined, { index: 0, of: 2 }, { index: 1, of: 2 });
      const orders = fc.constantFrom<('file' | 'timestamp')[]>('file', 'timestamp');
      await fc.assert(
        fc.asyncProperty(contents, orders, shares, fc.nat(), fc.nat(), async (rows, order, share, a, b) => {
          const partition = share && { partition: share };
          const world = await replayed(layouts[format](rows), { format, order, ...partition });
          const { records, positions } = world;
          if (records.length === 0) return;
          const [first, last] = [a % records.length, b % records.length].toSorted((x, y) => x - y);
          const again = await read(world, rangeOf(positions, first ?? 0, last ?? 0));
          expect(again).toEqual(records.slice(first, (last ?? 0) + 1));
        }),
        { numRuns: 60 },
      );
    },
  );

  it('excludes records that were appended to the file later', async () => {
    const world = await replayed(lines({ t: 3 }, { t: 1 }, { t: 2, n: 1 }), { order: 'timestamp' });
    world.storage.writeFile(FILE, lines({ t: 3 }, { t: 1 }, { t: 2, n: 1 }, { t: 0 }, { t: 2 }));
    expect(await read(world, rangeOf(world.positions, 0, 1))).toEqual([{ t: 1 }, { t: 2, n: 1 }]);
  });

  it.each([
    ['was replaced', lines({ t: 1 }, { t: 9 }, { t: 3 })],
    ['was shortened', lines({ t: 1 })],
    ['was replaced by a longer one', lines({ t: 9 }, { t: 8 }, { t: 7 }, { t: 6 }, { t: 5 })],
  ])('is refused with a code when the file %s', async (_, now) => {
    const world = await replayed(lines({ t: 1 }, { t: 2 }, { t: 3 }));
    world.storage.writeFile(FILE, now);
    await expect(read(world, rangeOf(world.positions, 1, 2))).rejects.toMatchObject({
      code: 'MR_REPLAY_FILE_CHANGED',
    });
  });

  it('is refused with a code when the file is gone', async () => {
    const world = await replayed(lines({ t: 1 }, { t: 2 }));
    await world.storage.remove(FILE);
    await expect(read(world, rangeOf(world.positions, 0, 1))).rejects.toMatchObject({
      code: 'MR_REPLAY_FILE_MISSING',
    });
  });

  it('is refused with a code when the records do not belong to the receiver', async () => {
    const world = await replayed(lines({ t: 1 }, { t: 2 }));
    const other = { ...world, configured: (await replayed('', { startAt: 2 })).configured };
    await expect(read(other, rangeOf(world.positions, 0, 0))).rejects.toMatchObject({
      code: 'MR_REPLAY_POSITION_UNKNOWN',
    });
  });
});
