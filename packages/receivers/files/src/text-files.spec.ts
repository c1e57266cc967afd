import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { START_MS, WatchedDirectory } from '../test/watched-directory.ts';
import { textFiles, type TextFilesInput } from './index.ts';

const running: WatchedDirectory<string>[] = [];

async function watching(
  options: Partial<TextFilesInput> = {},
  directory = new WatchedDirectory<string>(),
): Promise<WatchedDirectory<string>> {
  running.push(directory);
  await directory.start(textFiles({ directory: '/spool', ...options }));
  return directory;
}

afterEach(async () => {
  for (const directory of running.splice(0)) {
    await directory.end();
    expect(directory.clock.pendingTimers).toBe(0);
    expect(directory.storage.openFiles).toBe(0);
    expect(directory.context.restarts).toEqual([]);
  }
});

describe('textFiles starts', () => {
  it('behind its first poll', async () => {
    const { context } = new WatchedDirectory<string>();
    const receiver = textFiles({ directory: '/spool' }).create();
    await receiver.start(context);
    expect(context.log.messages('info')).toEqual(['watching directory']);
    await context.end(receiver);
  });

  it('also on a directory that does not exist yet', async () => {
    const { context } = new WatchedDirectory<string>(false);
    const receiver = textFiles({ directory: '/spool' }).create();
    await receiver.start(context);
    expect(context.log.messages('warn')).toEqual(['directory not found, waiting for the directory']);
    await context.end(receiver);
  });
});

describe('textFiles finds files', () => {
  it('that appear after the start, at the next poll', async () => {
    const spool = await watching();
    await spool.clock.advance(500);
    spool.put('a.txt', 'one\ntwo\n');
    expect(spool.context.lines).toEqual([]);
    await spool.clock.advance(500);
    expect(spool.context.lines).toEqual(['one', 'two']);
  });

  it('once each', async () => {
    const spool = await watching();
    await spool.clock.advance(500);
    spool.put('a.txt', 'one\n');
    await spool.clock.advance(300_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.codes).toEqual([]);
  });

  it('but no files from before the start', async () => {
    const directory = new WatchedDirectory<string>();
    directory.put('old.txt', 'old\n', START_MS);
    const spool = await watching({}, directory);
    await spool.clock.advance(5_000);
    expect(spool.context.lines).toEqual([]);
  });

  it('from before the start within the remembered time, when requested', async () => {
    const directory = new WatchedDirectory<string>();
    directory.put('edge.txt', 'edge\n', START_MS - 60_000);
    directory.put('recent.txt', 'recent\n', START_MS - 59_999);
    const spool = await watching({ newFilesOnly: false }, directory);
    expect(spool.context.lines).toEqual(['recent']);
  });

  it('in the order of modification time, then name', async () => {
    const spool = await watching();
    spool.put('a', 'third\n', START_MS + 900);
    spool.put('c', 'second\n', START_MS + 300);
    spool.put('b', 'first\n', START_MS + 300);
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['first', 'second', 'third']);
  });

  it('from the future when their time has come', async () => {
    const spool = await watching();
    spool.put('a', 'one\n', START_MS + 2_500);
    await spool.clock.advance(2_000);
    expect(spool.context.lines).toEqual([]);
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one']);
  });

  it('by suffix and pattern, and leaves out hidden files and directories', async () => {
    const spool = await watching({ suffixes: ['.csv'], pattern: 'flights-*' });
    await spool.clock.advance(1);
    for (const name of ['flights-1.csv', 'flights-2.csv.part', 'delays.csv', '.flights-3.csv']) {
      spool.put(name, `${name}\n`);
    }
    spool.put('flights-4.csv/nested', 'nested\n');
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['flights-1.csv']);
  });

  it('that arrived while a slow reader delayed the polls', async () => {
    const spool = await watching();
    spool.context.makeRoom(1);
    await spool.clock.advance(1);
    spool.put('a', 'one\n');
    await spool.clock.advance(999);
    spool.put('b', 'two\n');
    await spool.clock.advance(600_000);
    spool.context.makeRoom();
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one', 'two']);
    expect(spool.codes).toEqual([]);
  });
});

describe('textFiles reads', () => {
  it('in bounded chunks and cuts lines across them', async () => {
    const spool = await watching({ chunkBytes: 5 });
    await spool.clock.advance(1);
    spool.put('a', 'one\r\ntwo three\n\nfour');
    spool.put('b', 'five\n');
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one', 'two three', '', 'four', 'five']);
    expect(spool.storage.largestReadBytes).toBe(5);
  });

  it('an empty file without a line', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.put('a', '');
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual([]);
    expect(spool.codes).toEqual([]);
  });

  it('nothing while the engine requests a wait (BLK-2)', async () => {
    const spool = await watching({ chunkBytes: 4 });
    await spool.clock.advance(1);
    spool.context.makeRoom(1);
    spool.put('a', 'one\ntwo\nsix\n');
    let reads = 0;
    spool.storage.beforeRead = () => void (reads += 1);
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(reads).toBe(1);
    spool.context.makeRoom();
    await spool.clock.advance(0);
    expect(spool.context.lines).toEqual(['one', 'two', 'six']);
  });

  it('past long lines, with one report a file', async () => {
    const spool = await watching({ maxLineBytes: 4, chunkBytes: 3 });
    await spool.clock.advance(1);
    spool.put('a', 'one\nlonger\ntwo\nlongest of all\nsix\n');
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one', 'two', 'six']);
    expect(spool.codes).toEqual(['MR_FILES_LONG_LINE']);
    expect(spool.context.errors[0]?.error).toMatchObject({ details: { skippedLines: 2 } });
    expect(spool.gauges()).toEqual({ droppedRecords: 2 });
  });

  it('no further than a long line with onLongLine stop', async () => {
    const spool = await watching({ maxLineBytes: 4, onLongLine: 'stop' });
    await spool.clock.advance(1);
    spool.put('a', 'one\nlonger\ntwo\n');
    await spool.clock.advance(5_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.context.stops).toHaveLength(1);
  });

  it('no further after a stop, and reports the rest', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.context.makeRoom(1);
    spool.put('a', 'one\n');
    spool.put('b', 'two\n');
    await spool.clock.advance(1_000);
    await spool.end();
    await spool.end();
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.context.log.messages('warn')).toEqual(['receiver stopped during its files']);
  });
});

describe('textFiles after a failure', () => {
  it('reports an unreadable file once and reads the file when it is readable', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.storage.forbidden.add('/spool/a');
    spool.put('a', 'one\n');
    spool.put('b', 'two\n');
    await spool.clock.advance(3_000);
    expect(spool.context.lines).toEqual(['two']);
    expect(spool.codes).toEqual(['MR_FILES_UNREADABLE']);
    spool.storage.forbidden.clear();
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['two', 'one']);
  });

  it('abandons an unreadable file when the file is no longer remembered', async () => {
    const spool = await watching({ minRememberMs: 5_000 });
    await spool.clock.advance(1);
    spool.storage.forbidden.add('/spool/a');
    spool.put('a', 'one\n');
    await spool.clock.advance(60_000);
    expect(spool.codes).toEqual(['MR_FILES_UNREADABLE', 'MR_FILES_GIVEN_UP']);
    expect(spool.context.errors[1]?.error).toMatchObject({ details: { attempts: 6, givenUpFiles: 1 } });
    spool.storage.forbidden.clear();
    await spool.clock.advance(60_000);
    expect(spool.context.lines).toEqual([]);
  });

  it('reports a file that was removed before the reading', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.put('a', 'one\n');
    spool.put('b', 'two\n');
    spool.storage.beforeRead = (path) => {
      if (path === '/spool/a') void spool.storage.remove('/spool/b');
    };
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.codes).toEqual(['MR_FILES_UNREADABLE']);
  });

  it('continues at the same byte after a failed read, storing nothing twice (BLK-1)', async () => {
    const spool = await watching({ chunkBytes: 6 });
    await spool.clock.advance(1);
    spool.put('a', 'one\ntwo\nthree\nfour\n');
    let failures = 0;
    spool.storage.beforeRead = (_path, offset) => {
      if (offset > 0 && failures++ % 2 === 0) throw new Error('the disk is tired');
    };
    await spool.clock.advance(5_000);
    expect(spool.context.lines).toEqual(['one', 'two', 'three', 'four']);
    expect(spool.codes).toEqual(['MR_FILES_UNREADABLE']);
  });

  it('leaves out and reports bytes written during the reading', async () => {
    const spool = await watching({ chunkBytes: 4 });
    await spool.clock.advance(1);
    spool.put('a', 'one\ntw');
    spool.storage.beforeRead = (_path, offset) => {
      if (offset > 0) spool.put('a', 'one\ntwo\n');
    };
    await spool.clock.advance(300_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.codes).toEqual(['MR_FILES_CHANGED']);
    expect(spool.context.errors[0]?.error).toMatchObject({ details: { storedBytes: 4 } });
  });

  it('leaves out the rest of a file that changed between two attempts', async () => {
    const spool = await watching({ chunkBytes: 4 });
    await spool.clock.advance(1);
    spool.put('a', 'one\ntwo\n');
    spool.storage.beforeRead = (_path, offset) => {
      if (offset > 0) throw new Error('the disk is tired');
    };
    await spool.clock.advance(1_000);
    spool.put('a', 'new\ntwo\n');
    spool.storage.beforeRead = () => undefined;
    await spool.clock.advance(5_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.codes).toEqual(['MR_FILES_UNREADABLE', 'MR_FILES_CHANGED']);
  });

  it('reports bytes appended after the reading once', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.put('a', 'one\n');
    await spool.clock.advance(1_000);
    spool.put('a', 'one\ntwo\n');
    await spool.clock.advance(10_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.codes).toEqual(['MR_FILES_CHANGED']);
  });

  it('reports a file that is moved in with an old time', async () => {
    const spool = await watching();
    await spool.clock.advance(10_000);
    spool.put('a', 'one\n', START_MS - 1);
    await spool.clock.advance(10_000);
    expect(spool.context.lines).toEqual([]);
    expect(spool.codes).toEqual(['MR_FILES_TOO_OLD']);
  });

  it('warns once while the directory does not exist', async () => {
    const spool = await watching({}, new WatchedDirectory<string>(false));
    await spool.clock.advance(5_000);
    expect(spool.context.log.messages('warn')).toEqual(['directory not found, waiting for the directory']);
    spool.put('a', 'one\n');
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one']);
    expect(spool.context.log.messages('info')).toContain('directory is listed again');
    expect(spool.codes).toEqual([]);
  });

  it('reports a failing listing once and misses no file of that time', async () => {
    const spool = await watching({ minRememberMs: 1_000 });
    await spool.clock.advance(1);
    spool.put('a', 'one\n');
    spool.storage.listFailure = 'MR_STORAGE_DENIED';
    await spool.clock.advance(100_000);
    expect(spool.codes).toEqual(['MR_FILES_LIST_FAILED']);
    spool.storage.listFailure = undefined;
    await spool.clock.advance(1_000);
    expect(spool.context.lines).toEqual(['one']);
  });
});

describe('textFiles reports', () => {
  it('each file that begins like a packed file or like UTF-16 once, and stores its lines', async () => {
    const spool = await watching({ chunkBytes: 16 });
    await spool.clock.advance(500);
    spool.put('a.bin', gzipSync('line\n'));
    spool.put('b.txt', Buffer.from('\ufeffline\n', 'utf16le'));
    spool.put('c.txt', 'line\n');
    await spool.clock.advance(5_000);
    expect(spool.codes).toEqual(['MR_FILES_NOT_TEXT', 'MR_FILES_NOT_TEXT']);
    expect(spool.context.lines.length).toBeGreaterThanOrEqual(3);
    expect(spool.context.lines.at(-1)).toBe('line');
  });
});
