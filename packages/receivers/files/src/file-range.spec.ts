import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { START_MS, WatchedDirectory } from '../test/watched-directory.ts';
import { textFiles, type TextFilesInput, type WholeFile, wholeFiles } from './index.ts';

const running: WatchedDirectory<never>[] = [];

async function watching(options: Partial<TextFilesInput> = {}, directory = new WatchedDirectory<string>()) {
  running.push(directory as WatchedDirectory<never>);
  await directory.start(textFiles({ directory: '/spool', chunkBytes: 7, maxLineBytes: 9, ...options }));
  return directory;
}

async function watchingWhole(directory = new WatchedDirectory<WholeFile>()) {
  running.push(directory as WatchedDirectory<never>);
  await directory.start(wholeFiles({ directory: '/spool', chunkBytes: 3 }));
  return directory;
}

afterEach(async () => {
  for (const directory of running.splice(0)) {
    await directory.end();
    expect(directory.storage.openFiles).toBe(0);
  }
});

/**
 * The events of the directory, second by second: files arrive, reading fails for a while, the driver registers
 * positions.
 */
const seconds = fc.array(
  fc.record({
    files: fc.array(
      fc.array(fc.constantFrom('', 'a', 'bb\r', 'ccc', 'four', 'a line too long'), { minLength: 1 }),
      {
        maxLength: 3,
      },
    ),
    fails: fc.boolean(),
    acknowledged: fc.nat(3),
  }),
  { minLength: 1, maxLength: 6 },
);

type Second = typeof seconds extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

async function live(spool: WatchedDirectory<string>, plan: readonly Second[], prefix: string): Promise<void> {
  for (const [second, { files, fails }] of plan.entries()) {
    let reads = 0;
    spool.storage.beforeRead = () => {
      if (fails && (reads += 1) % 2 === 0) throw new Error('the disk is tired');
    };
    await spool.clock.advance(500);
    for (const [index, lines] of files.entries()) {
      const name = `${prefix}-${second}-${index}`;
      spool.put(name, lines.map((line) => (line === '' ? '' : `${name.length}${line}`)).join('\n'));
    }
    await spool.clock.advance(500);
  }
  spool.storage.beforeRead = () => undefined;
  await spool.clock.advance(2_000);
}

const all = (spool: WatchedDirectory<string>, first = 0, last = spool.stored.length - 1) =>
  spool.stored.slice(first, last + 1).flatMap(({ records }) => records);

describe('a range of text files', () => {
  it('has the same lines in the same order, wherever the range is cut (BAT-4)', async () => {
    await fc.assert(
      fc.asyncProperty(seconds, fc.nat(), fc.nat(), async (plan, a, b) => {
        const spool = await watching();
        await live(spool, plan, 'f');
        const count = spool.stored.length;
        if (count === 0) return;
        const [first = 0, last = 0] = [a % count, b % count].toSorted((x, y) => x - y);
        expect(await spool.readAgain(first, last)).toEqual(all(spool, first, last));
      }),
      { numRuns: 150 },
    );
  });

  it('can be read from the last registered position, whatever was dropped before', async () => {
    await fc.assert(
      fc.asyncProperty(seconds, async (plan) => {
        const spool = await watching();
        let registered = 0;
        for (const [index, second] of plan.entries()) {
          await live(spool, [second], `f${index}`);
          if (spool.stored.length === 0) continue;
          const last = spool.stored.length - 1;
          expect(await spool.readAgain(registered, last)).toEqual(all(spool, registered, last));
          const count = Math.min(second.acknowledged, spool.context.unacknowledged.length);
          await spool.acknowledge(count);
          registered += count;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is continued by a later run of the receiver without missing or repeated lines', async () => {
    await fc.assert(
      fc.asyncProperty(seconds, seconds, fc.nat(), fc.nat(100_000), async (before, after, at, downMs) => {
        const first = await watching();
        await live(first, before, 'f');
        if (first.stored.length === 0) return;
        const last = at % first.stored.length;
        await first.end();
        await first.clock.advance(downMs);
        first.put('meanwhile', 'while\ndown', first.clock.now() - downMs);
        const resumeFrom = first.stored[last]?.position;
        const second = await watching({}, new WatchedDirectory<string>(true, { after: first, resumeFrom }));
        await live(second, after, 'g');
        const unbroken = await watching(
          { newFilesOnly: false, minRememberMs: 86_400_000 },
          new WatchedDirectory(true, { after: first, resumeFrom: undefined }),
        );
        await unbroken.clock.advance(2_000);
        const lines = [...all(first, 0, last), ...all(second)];
        expect(lines.toSorted()).toEqual(all(unbroken).toSorted());
        // The first range of a run begins in the previous run.
        const newest = second.stored.length - 1;
        if (newest >= 0) expect(await second.readAgain(0, newest)).toEqual(all(second));
      }),
      { numRuns: 100 },
    );
  });

  it('is unchanged although the file has grown', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.put('a', 'one\ntwo\n');
    await spool.clock.advance(1_000);
    spool.put('a', 'one\ntwo\nsix\n');
    expect(await spool.readAgain(0, spool.stored.length - 1)).toEqual(['one', 'two']);
  });

  it.each([
    ['is gone', (spool: WatchedDirectory<string>) => spool.storage.remove('/spool/a')],
    ['is shorter', (spool: WatchedDirectory<string>) => spool.put('a', 'one\n')],
    ['was replaced', (spool: WatchedDirectory<string>) => spool.put('a', 'one\nsix\n')],
    [
      'was replaced by a longer one',
      (spool: WatchedDirectory<string>) => spool.put('a', 'six\nseven\neight\n'),
    ],
  ])('is refused with a code when its file %s', async (_, change) => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.put('a', 'one\ntwo\n');
    await spool.clock.advance(1_000);
    await change(spool);
    await expect(spool.readAgain(0, spool.stored.length - 1)).rejects.toMatchObject({
      code: 'MR_FILES_RANGE_LOST',
      disposition: 'fail-batch',
      details: { path: '/spool/a' },
    });
  });

  it('may be tried again when the disk does not answer', async () => {
    const spool = await watching();
    await spool.clock.advance(1);
    spool.put('a', 'one\n');
    await spool.clock.advance(1_000);
    spool.storage.forbidden.add('/spool/a');
    await expect(spool.readAgain(0, 0)).rejects.toMatchObject({ disposition: 'retry' });
    spool.storage.forbidden.clear();
    expect(await spool.readAgain(0, 0)).toEqual(['one']);
  });
});

describe('textFiles after a restart', () => {
  it('leaves out and reports the rest of a file that was replaced', async () => {
    const first = await watching();
    await first.clock.advance(1);
    first.put('a', 'one\ntwo\nthree\n');
    await first.clock.advance(1_000);
    await first.end();
    first.put('a', 'six\nseven\neight\n');
    const resumeFrom = first.stored[0]?.position;
    const second = await watching({}, new WatchedDirectory<string>(true, { after: first, resumeFrom }));
    await second.clock.advance(1_000);
    expect([second.context.lines, second.codes]).toEqual([[], ['MR_FILES_CHANGED']]);
  });

  it('reads the files that arrived while the receiver was down, for any duration', async () => {
    const first = await watching();
    await first.clock.advance(1);
    first.put('a', 'one\n');
    await first.clock.advance(1_000);
    await first.end();
    first.put('b', 'two\n');
    await first.clock.advance(3_600_000);
    const resumeFrom = first.stored.at(-1)?.position;
    const second = await watching({}, new WatchedDirectory<string>(true, { after: first, resumeFrom }));
    expect(second.context.lines).toEqual(['two']);
    expect(first.clock.now()).toBe(START_MS + 3_601_001);
  });
});

describe('a range of whole files', () => {
  it('has the same files in the same order, empty ones too (BAT-4)', async () => {
    const spool = await watchingWhole();
    for (const [index, content] of ['abcdef', '', 'gh'].entries()) {
      await spool.clock.advance(300);
      spool.put(`${index}`, content);
    }
    await spool.clock.advance(2_000);
    const records = spool.stored.map((one) => one.records[0]);
    expect(records).toHaveLength(3);
    expect(await spool.readAgain(0, 2)).toEqual(records);
    expect(await spool.readAgain(1, 2)).toEqual(records.slice(1));
    spool.put('2', 'xy');
    await expect(spool.readAgain(2, 2)).rejects.toMatchObject({ code: 'MR_FILES_RANGE_LOST' });
  });

  it('is continued by a later run', async () => {
    const first = await watchingWhole();
    await first.clock.advance(1);
    for (const name of ['a', 'b', 'c']) first.put(name, name);
    await first.clock.advance(1_000);
    await first.end();
    const resumeFrom = first.stored[1]?.position;
    const second = await watchingWhole(new WatchedDirectory<WholeFile>(true, { after: first, resumeFrom }));
    await second.clock.advance(1_000);
    expect(second.context.records.map(({ name }) => name)).toEqual(['c']);
  });
});
