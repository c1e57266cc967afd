import { gzipSync } from 'node:zlib';
import { ManualClock, type StorageFile } from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryStorage, RecordingReceiverContext, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { REPORTED_ONE_BY_ONE } from './malformed-records.ts';
import { replay } from './replay.ts';
import type { ReplayInput } from './replay-options.ts';

interface Tick {
  readonly t: number;
  readonly n?: number;
}

/** A disk with one file, a context on the disk, and a started replay of the file. */
async function start(
  content: string,
  options: Partial<ReplayInput> = {},
  parts: { readonly room?: number; readonly storage?: MemoryStorage; readonly resumeFrom?: unknown } = {},
) {
  const clock = new ManualClock(1_000_000);
  const { storage = new MemoryStorage() } = parts;
  storage.writeFile('/data.ndjson', content);
  const context = new RecordingReceiverContext<Tick>({
    clock,
    storage,
    ...(parts.room === undefined ? {} : { room: parts.room }),
    resumeFrom: parts.resumeFrom,
  });
  const configured = replay<Tick>({
    file: '/data.ndjson',
    timestamp: 't',
    timestampFormat: 'epoch-ms',
    ...options,
  });
  const receiver = configured.create();
  await context.start(receiver);
  await settle();
  const times = () => context.records.map(({ t }) => t);
  return { clock, context, receiver, storage, times };
}

const lines = (...records: readonly unknown[]) =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n');
const ticks = (...times: readonly number[]) => lines(...times.map((t) => ({ t })));

describe('replay', () => {
  it('has started once the file is open, before the first record is due', async () => {
    const storage = new MemoryStorage();
    const opening = Promise.withResolvers<void>();
    const open = storage.open.bind(storage);
    storage.open = async (...args) => {
      await opening.promise;
      return open(...args);
    };
    storage.writeFile('/data.ndjson', ticks(0, 60_000));
    const context = new RecordingReceiverContext<Tick>({ clock: new ManualClock(1_000_000), storage });
    const options = { file: '/data.ndjson', timestamp: 't', timestampFormat: 'epoch-ms' } as const;
    const receiver = replay<Tick>(options).create();
    let hasStarted = false;
    void Promise.resolve(receiver.start(context)).then(() => (hasStarted = true));
    await settle();
    expect(hasStarted).toBe(false);
    opening.resolve();
    await settle();
    expect([hasStarted, context.stops]).toEqual([true, []]);
    await context.end(receiver);
  });

  it('tells the engine of a missing file before its start settles', async () => {
    const context = new RecordingReceiverContext<Tick>({
      clock: new ManualClock(1_000_000),
      storage: new MemoryStorage(),
    });
    const receiver = replay<Tick>({
      file: '/none.ndjson',
      timestamp: 't',
      timestampFormat: 'epoch-ms',
    }).create();
    await receiver.start(context);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_FILE_MISSING' } }]);
  });

  it.each([
    ['gzip', gzipSync('t,v\n1,a\n'), 'a gzip file'],
    ['UTF-16', Buffer.from('\ufefft,v\n1,a\n', 'utf16le'), 'text in UTF-16'],
  ])('ends at once on a file of %s', async (_, bytes, kind) => {
    const storage = new MemoryStorage();
    storage.writeFile('/data.csv', bytes);
    const { context } = await start('', { file: '/data.csv' }, { storage });
    expect(context.records).toEqual([]);
    expect(context.stops).toMatchObject([
      { error: { code: 'MR_REPLAY_MALFORMED_FILE', details: { file: '/data.csv', kind } } },
    ]);
  });

  it('stores each record at its due time, and ends after the last record', async () => {
    const { clock, context, times } = await start(ticks(5_000, 5_100, 5_100, 8_000));
    expect(times()).toEqual([5_000]);
    await clock.advance(99);
    expect(times()).toEqual([5_000]);
    await clock.advance(1);
    expect(times()).toEqual([5_000, 5_100, 5_100]);
    expect(context.stops).toEqual([]);
    await clock.advance(2_900);
    expect(times()).toEqual([5_000, 5_100, 5_100, 8_000]);
    expect(context.stops).toEqual([
      { message: 'end of file /data.ndjson: 4 records stored, 0 malformed ones skipped', error: undefined },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('scales event time by the speed', async () => {
    const { clock, times } = await start(ticks(0, 60_000, 120_000), { speed: 60 });
    await clock.advance(999);
    expect(times()).toEqual([0]);
    await clock.advance(1);
    expect(times()).toEqual([0, 60_000]);
    await clock.advance(1_000);
    expect(times()).toEqual([0, 60_000, 120_000]);
  });

  it('needs one timer for all records of a tick', async () => {
    const counted = new ManualClock();
    let asked = 0;
    const wait = counted.sleepFor.bind(counted);
    counted.sleepFor = (delayMs, signal) => {
      asked += 1;
      return wait(delayMs, signal);
    };
    const storage = new MemoryStorage();
    storage.writeFile('/data.ndjson', ticks(...Array.from({ length: 1_000 }, (_, i) => i)));
    const context = new RecordingReceiverContext<Tick>({ clock: counted, storage });
    await context.start(
      replay<Tick>({ file: '/data.ndjson', timestamp: 't', timestampFormat: 'epoch-ms' }).create(),
    );
    await counted.advance(1_100);
    expect(context.records).toHaveLength(1_000);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(101);
  });

  it('waits for nothing at full speed', async () => {
    const { clock, context } = await start(ticks(1, 1e12, 2e12), { speed: 'max' });
    expect(context.records).toHaveLength(3);
    expect(context.stops).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stores an older record at once, in the order of the file', async () => {
    const { clock, times } = await start(ticks(1_000, 3_000, 500, 4_000));
    await clock.advance(2_000);
    expect(times()).toEqual([1_000, 3_000, 500]);
  });

  it('sorts by timestamp on request, keeping the order of equal times', async () => {
    const records = [{ t: 30 }, { t: 10, n: 1 }, { t: 20 }, { t: 10, n: 2 }];
    const { clock, context, times } = await start(lines(...records), { order: 'timestamp' });
    expect(context.records).toEqual([
      { t: 10, n: 1 },
      { t: 10, n: 2 },
    ]);
    await clock.advance(20);
    expect(times()).toEqual([10, 10, 20, 30]);
  });

  it('refuses to sort a file above the bound', async () => {
    const { context } = await start(ticks(1, 2), { order: 'timestamp', maxSortBytes: 10 });
    expect(context.records).toEqual([]);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_SORT_TOO_LARGE' } }]);
  });

  it('begins at startAt, which becomes the event time of the start', async () => {
    const { clock, context, times } = await start(ticks(1_000, 1_900, 2_000, 3_000), { startAt: 1_950 });
    expect(times()).toEqual([]);
    await clock.advance(50);
    expect(times()).toEqual([2_000]);
    await clock.advance(1_000);
    expect(context.stops[0]?.message).toContain('2 skipped before startAt');
  });

  it('divides a file among receivers, in step with each other', async () => {
    const content = ticks(1_000, 1_100, 1_200, 1_300, 1_400);
    const first = await start(content, { partition: { index: 0, of: 2 } });
    const second = await start(content, { partition: { index: 1, of: 2 } });
    expect(second.times()).toEqual([]);
    await Promise.all([first.clock.advance(100), second.clock.advance(100)]);
    expect(second.times()).toEqual([1_100]);
    await Promise.all([first.clock.advance(300), second.clock.advance(300)]);
    expect(first.times()).toEqual([1_000, 1_200, 1_400]);
    expect(second.times()).toEqual([1_100, 1_300]);
  });

  it('waits while the engine has no room, then continues without loss (BLK-2)', async () => {
    const { clock, context, times } = await start(ticks(1, 2, 3, 4, 5), { speed: 'max' }, { room: 2 });
    expect(times()).toEqual([1, 2]);
    expect(context.isAwaited).toBe(true);
    context.makeRoom(2);
    await settle();
    expect(times()).toEqual([1, 2, 3, 4]);
    context.makeRoom();
    await settle();
    expect(times()).toEqual([1, 2, 3, 4, 5]);
    expect(context.stops).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('reads a file of many chunks in order', async () => {
    const times = Array.from({ length: 20_000 }, (_, i) => i);
    const { clock, context } = await start(ticks(...times), { speed: 'max' });
    await clock.advance(0);
    await clock.advance(0);
    expect(context.records.map(({ t }) => t)).toEqual(times);
  });

  it('skips a malformed record, counts the record and reports its place', async () => {
    const content = lines({ t: 1 }, '{"t":', { n: 1 }, { t: 'soon' }, { t: 2 });
    const { context, receiver, times } = await start(content, { speed: 'max' });
    expect(times()).toEqual([1, 2]);
    expect(receiver.gauges?.()).toEqual({ droppedRecords: 3 });
    expect(context.errors.map(({ error }) => error)).toMatchObject([
      { code: 'MR_REPLAY_MALFORMED_RECORD', details: { file: '/data.ndjson', index: 1, line: 2 } },
      { code: 'MR_REPLAY_MALFORMED_RECORD', details: { index: 2, line: 3 } },
      { code: 'MR_REPLAY_MALFORMED_RECORD', details: { index: 3, line: 4 } },
    ]);
    expect(context.errors[1]?.message).toContain(
      "record 3 (line 3) of /data.ndjson is malformed: expected a field 't'",
    );
    expect(context.stops[0]?.message).toContain('2 records stored, 3 malformed ones skipped');
  });

  it('does not flood the driver with malformed records', async () => {
    const { context } = await start('x\n'.repeat(1_000), { speed: 'max' });
    expect(context.errors).toHaveLength(REPORTED_ONE_BY_ONE + 2);
    expect(context.stops[0]?.message).toContain('1000 malformed ones skipped');
  });

  it('counts a malformed record for exactly one of the receivers of a file', async () => {
    const parts = [0, 1, 2].map((index) => start('x\nx\nx\nx\n', { partition: { index, of: 3 } }));
    const counts = (await Promise.all(parts)).map(({ context }) => context.errors.length);
    expect(counts).toEqual([2, 1, 1]);
  });

  it.each(['file', 'timestamp'] as const)(
    'stores the records before a malformed record, then ends, in %s order',
    async (order) => {
      const content = lines({ t: 2 }, { t: 1 }, { n: 1 }, { t: 3 });
      const { context, times } = await start(content, { speed: 'max', order, onMalformed: 'stop' });
      expect(times().toSorted()).toEqual([1, 2]);
      expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_MALFORMED_RECORD' } }]);
      expect(context.errors).toEqual([]);
    },
  );

  it.each(['file', 'timestamp'] as const)(
    'stores the records before a mistake in a JSON array, then ends, in %s order',
    async (order) => {
      const content = '[{"t":100},{"t":200},{"t":oops},{"t":300}]';
      const { clock, context, times } = await start(content, { format: 'json', order });
      expect(times()).toEqual([100]);
      expect(context.stops).toEqual([]);
      await clock.advance(100);
      expect(times()).toEqual([100, 200]);
      expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_MALFORMED_FILE' } }]);
    },
  );

  it('replays a CSV file', async () => {
    const { context } = await start('t,n\n1,a\n2,b\n', { format: 'csv', speed: 'max' });
    expect(context.records).toEqual([
      { t: '1', n: 'a' },
      { t: '2', n: 'b' },
    ]);
  });

  it('ends with a message when the file is missing, and is not restarted', async () => {
    const { context } = await start('', { file: '/elsewhere.csv' });
    expect(context.restarts).toEqual([]);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_FILE_MISSING' } }]);
    expect(context.stops[0]?.message).toContain('/elsewhere.csv');
  });

  it('closes the file and stores nothing more when stopped during a wait', async () => {
    const storage = new WatchedStorage();
    const { clock, context, receiver } = await start(ticks(0, 60_000), {}, { storage });
    await context.end(receiver);
    expect(storage.openFiles).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(60_000);
    expect(context.records).toHaveLength(1);
    expect(context.stops).toEqual([]);
  });

  it('closes the file when stopped while the engine has no room', async () => {
    const storage = new WatchedStorage();
    const { context, receiver } = await start(ticks(0, 0), { speed: 'max' }, { storage, room: 1 });
    await context.end(receiver);
    expect(storage.openFiles).toBe(0);
    expect(context.stops).toEqual([]);
  });

  it('repeats a failed read of the disk, in place', async () => {
    const storage = new WatchedStorage();
    storage.failures = 3;
    const { clock, context, times } = await start(ticks(1, 2), { speed: 'max' }, { storage });
    await clock.advance(100 + 200 + 400);
    expect(times()).toEqual([1, 2]);
    expect(context.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(3);
    expect(storage.openFiles).toBe(0);
  });

  it('ends when the disk fails repeatedly', async () => {
    const storage = new WatchedStorage();
    storage.failures = Infinity;
    const { clock, context } = await start(ticks(1), {}, { storage });
    await clock.advance(60_000);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_READ_FAILED' } }]);
    expect(context.restarts).toEqual([]);
    expect(storage.openFiles).toBe(0);
  });

  it('reports the place of every record, also for a share of a file', async () => {
    const { context } = await start(ticks(1, 2, 3, 4, 5), { speed: 'max', partition: { index: 1, of: 2 } });
    expect(context.unacknowledged).toMatchObject([{ record: 1 }, { record: 3 }]);
  });

  it('continues behind a record without waiting for replayed records', async () => {
    const { clock, context, times } = await start(ticks(0, 60_000, 61_000, 63_000), {}, { resumeFrom: 1 });
    await clock.advance(999);
    expect(times()).toEqual([]);
    await clock.advance(1);
    expect(times()).toEqual([61_000]);
    await clock.advance(2_000);
    expect([times(), context.stops]).toMatchObject([[61_000, 63_000], [{ error: undefined }]]);
  });

  it('continues behind a record in the order of time', async () => {
    const sorted = { order: 'timestamp', speed: 'max' } as const;
    const { times } = await start(ticks(30, 10, 20, 10), sorted, { resumeFrom: 3 });
    expect(times()).toEqual([20, 30]);
  });

  it('reports malformed records once, in the start that found them', async () => {
    const content = lines({ t: 1 }, 'not a record', { t: 2 }, { t: 3 });
    const { context, times } = await start(content, { speed: 'max', onMalformed: 'skip' }, { resumeFrom: 2 });
    expect([times(), context.errors]).toEqual([[3], []]);
  });

  it.each([
    ['replaced', ticks(7, 8, 9, 10, 11)],
    ['replaced by one with fewer, longer records', lines({ t: 1, padding: 'x'.repeat(100) }, { t: 2 })],
    ['shortened', ticks(1, 2)],
  ])('ends with a code, and stores nothing, when the file was %s', async (_, now) => {
    const before = await start(ticks(1, 2, 3), { speed: 'max' });
    const resumeFrom = before.context.unacknowledged[1];
    const { context } = await start(now, { speed: 'max' }, { resumeFrom });
    expect(context.records).toEqual([]);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_FILE_CHANGED' } }]);
  });

  it('continues in a file that has grown', async () => {
    const before = await start(`${ticks(1, 2)}\n`, { speed: 'max' });
    const resumeFrom = before.context.unacknowledged[1];
    const { times } = await start(ticks(1, 2, 3, 4), { speed: 'max' }, { resumeFrom });
    expect(times()).toEqual([3, 4]);
  });

  it('ends at once when everything was replayed, and reports a replaced file', async () => {
    const done = await start(ticks(1, 2), {}, { resumeFrom: 1 });
    expect(done.context.stops).toMatchObject([{ error: undefined }]);
    const { context } = await start(ticks(1, 2), { speed: 'max' }, { resumeFrom: 7 });
    expect(context.records).toEqual([]);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_POSITION_UNKNOWN' } }]);
  });
});

/** A disk that counts open files and fails some reads. */
class WatchedStorage extends MemoryStorage {
  openFiles = 0;
  failures = 0;

  override async open(...args: Parameters<MemoryStorage['open']>): Promise<StorageFile> {
    const file = await super.open(...args);
    this.openFiles += 1;
    const { readAt, close } = file;
    return Object.assign(file, {
      readAt: async (offset: number, length: number) => {
        this.failures -= 1;
        if (this.failures >= 0) throw coreError('MR_STORAGE_FAILED', 'the disk did not answer');
        return readAt.call(file, offset, length);
      },
      close: async () => {
        this.openFiles -= 1;
        await close.call(file);
      },
    });
  }
}

describe('replay of records that no block can carry', () => {
  it('counts such records as malformed, at any place', async () => {
    const content = lines({ t: 1 }, '{"t":2,"v":"cut \\ud83d"}', '{"t":3,"a":[{"\\udc00":1}]}', { t: 4 });
    const { context, times } = await start(content, { speed: 'max' });
    expect(times()).toEqual([1, 4]);
    expect(context.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('record 2 (line 2) of /data.ndjson is malformed: record.v is text with half'),
      expect.stringContaining('record 3 (line 3)'),
    ]);
  });

  it('ends at the first of such records on request', async () => {
    const { context, times } = await start(lines({ t: 1 }, '{"t":2,"v":"\\ud83d"}', { t: 3 }), {
      speed: 'max',
      onMalformed: 'stop',
    });
    expect(times()).toEqual([1]);
    expect(context.stops[0]?.error).toMatchObject({ code: 'MR_REPLAY_MALFORMED_RECORD' });
  });
});

describe('replay of a gap', () => {
  it('reports a long pause', async () => {
    const { clock, context, times } = await start(ticks(0, 100, 4_000_000_000_000, 200));
    await clock.advance(200);
    expect(times()).toEqual([0, 100]);
    expect(context.errors[0]?.error).toMatchObject({
      code: 'MR_REPLAY_LONG_WAIT',
      message: expect.stringContaining('record 3 of /data.ndjson, of 2096-10-02'),
    });
  });

  it('shortens the gap on request, and keeps its pace behind a record of a wrong clock', async () => {
    const { clock, context, times } = await start(ticks(0, 100, 4_000_000_000_000, 1_200, 2_300), {
      maxGapMs: 1_000,
    });
    await clock.advance(1_100);
    expect(times()).toEqual([0, 100, 4_000_000_000_000]);
    await clock.advance(100);
    expect(times()).toEqual([0, 100, 4_000_000_000_000, 1_200]);
    await clock.advance(1_100);
    expect(times()).toHaveLength(5);
    expect(context.errors).toEqual([]);
  });
});
