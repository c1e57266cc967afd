import type { Storage, StorageEntry } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { textFileRdd } from '../rdd/text-file-rdd.ts';
import { FileInputDStream } from './file-input-dstream.ts';

/** One directory, `/in`, with the storage operations that a stream of files calls. */
class Directory {
  readonly files = new Map<string, { readonly text: string; readonly modifiedMs: number }>();
  /** Called when the directory is listed. */
  onList: () => void | Promise<void> = () => {};

  write(name: string, text: string, modifiedMs: number): void {
    this.files.set(name, { text, modifiedMs });
  }

  async list(): Promise<StorageEntry[]> {
    await this.onList();
    return [...this.files].map(([name, { text, modifiedMs }]) => ({
      name,
      kind: 'file',
      sizeBytes: text.length,
      modifiedMs,
    }));
  }

  async stat(path: string): Promise<StorageEntry | undefined> {
    return (await this.list()).find(({ name }) => path === `/in/${name}`);
  }

  async open(path: string) {
    const bytes = Buffer.from(this.files.get(path.replace('/in/', ''))?.text ?? 'no such file');
    return {
      readAt: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
      close: async () => {},
    };
  }
}

function watched(options: ConstructorParameters<typeof FileInputDStream>[2] = {}) {
  const directory = new Directory();
  const fixture = new StreamFixture({ storage: directory as unknown as Storage });
  const stream = new FileInputDStream(
    fixture,
    { kind: 'textFile', directory: '/in', read: textFileRdd },
    options,
  );
  return { directory, fixture, stream, seen: fixture.record(stream) };
}

describe('a stream of files', () => {
  it('has the lines of the files that are new in each batch', async () => {
    const { directory, fixture, seen } = watched();
    directory.write('a.txt', 'one\ntwo\n', 500);
    await fixture.run(1);
    directory.write('b.txt', 'three', 1_500);
    directory.write('.hidden', 'four', 1_500);
    await fixture.run(2);
    expect([...seen.values()]).toEqual([['one', 'two'], ['three'], []]);
  });

  it('selects only accepted names, and old files on request', async () => {
    const { directory, fixture, seen } = watched({
      newFilesOnly: false,
      accept: (name) => name.endsWith('.csv'),
    });
    directory.write('old.csv', 'old', 0.5);
    directory.write('new.txt', 'new', 500);
    await fixture.run(1);
    expect(seen.get(1_000)).toEqual(['old']);
  });

  it('reports the number of files and bytes, with readable names', async () => {
    const { directory, fixture } = watched();
    directory.write('b', 'xyz', 600);
    directory.write('a', 'xy', 600);
    await fixture.run(1);
    expect(fixture.reports[0]?.info).toEqual({
      streamId: 0,
      streamName: 'files in /in [0]',
      recordCount: 0,
      sizeBytes: 5,
      blockCount: 2,
      metadata: { files: ['a', 'b'], Description: 'a\nb' },
    });
  });

  it.each([
    ['is not there', 'MR_STORAGE_NOT_FOUND', 'the directory does not exist'],
    ['cannot be read', 'MR_STORAGE_FAILED', 'the directory could not be listed'],
  ] as const)('catches up after a directory that %s', async (_, code, message) => {
    const { directory, fixture, seen } = watched();
    directory.write('a', 'late', 500);
    directory.onList = () => {
      throw coreError(code, 'no');
    };
    await fixture.run(1);
    directory.onList = () => {};
    await fixture.run(1);
    expect([...seen.values()]).toEqual([[], ['late']]);
    expect(fixture.log.messages('warn')).toEqual([message]);
  });

  it('warns when listing takes longer than a batch', async () => {
    const { directory, fixture } = watched();
    directory.onList = () => fixture.clock.advance(1_001);
    await fixture.run(1);
    expect(fixture.log.messages('warn')).toEqual([
      'listing the directory took longer than a batch; remove old files',
    ]);
  });

  it('reads the same files when a batch is made again (BAT-4)', async () => {
    const { directory, fixture, seen } = watched();
    directory.write('a', 'one', 500);
    await fixture.runBatch(1_000);
    directory.write('b', 'two', 700);
    await fixture.runBatch(1_000);
    expect(seen.get(1_000)).toEqual(['one']);
  });

  it('reads the same files after a restart, and none of them twice (BAT-4)', async () => {
    const before = watched();
    before.directory.write('a', 'one', 500);
    await before.fixture.runBatch(1_000);
    const kept = structuredClone(before.fixture.graph.inputsOf(1_000));

    const after = watched();
    after.directory.write('a', 'one', 500);
    after.directory.write('b', 'two', 900);
    after.fixture.graph.restoreInputs(1_000, kept);
    await after.fixture.run(2);
    expect([...after.seen.values()]).toEqual([['one'], ['two']]);
    expect(after.fixture.reports[0]?.info.blockCount).toBe(1);
  });

  it('remembers files as long as a batch could select them again', async () => {
    const { directory, fixture, stream, seen } = watched({ minRememberMs: 2_500 });
    directory.write('a', 'one', 900);
    await fixture.run(8);
    expect([...seen.values()].flat()).toEqual(['one']);
    expect(stream.rememberMs).toBe(3_000);
  });

  it('reports once a file that appears with an old time, and a file that is written to after it was read', async () => {
    const { directory, fixture, seen } = watched();
    await fixture.run(1);
    directory.write('moved', 'old', -70_000);
    directory.write('read', 'one', 1_500);
    await fixture.run(2);
    directory.write('read', 'one and more', 3_500);
    await fixture.run(3);
    const codes = fixture.log.lines
      .filter(({ level }) => level === 'warn')
      .map(({ fields }) => (fields?.error as { code?: string } | undefined)?.code);
    expect(codes).toEqual(['MR_GRAPH_FILE_TOO_OLD', 'MR_GRAPH_FILE_CHANGED']);
    expect([...seen.values()].flat()).toEqual(['one']);
  });

  it('reports once the files that it leaves out because the driver before was ahead of the clock', async () => {
    const { directory, fixture, seen } = watched();
    directory.write('read-before', 'old', 99_500);
    directory.write('while-nobody-ran', 'x', 500);
    directory.write('.hidden', 'x', 500);
    const known = { name: 'read-before', kind: 'file', sizeBytes: 3, modifiedMs: 99_500 };
    fixture.graph.restoreInputs(100_000, new Map([[0, [known]]]));
    await fixture.run(1);
    directory.write('after', 'new', 1_500);
    await fixture.run(2);
    expect([...seen.values()].flat()).toEqual(['new']);
    const errors = fixture.log.lines
      .filter(({ level }) => level === 'warn')
      .flatMap(({ fields }) => fields?.error ?? []);
    expect(errors).toMatchObject([
      { code: 'MR_GRAPH_FILE_TOO_OLD', details: { fileCount: 1, names: ['while-nobody-ran'] } },
    ]);
  });

  it('reads files that appear after the clock was set back', async () => {
    const { directory, fixture, seen } = watched();
    await fixture.run(300);
    await fixture.clock.setWallTime(100_000);
    const now = fixture.clock.now.bind(fixture.clock);
    directory.write('after', 'one', now() + 10);
    fixture.clock.setTime = async () => undefined;
    await fixture.run(5);
    expect([...seen.values()].flat()).toEqual(['one']);
  });

  it('refuses names that lead out of its directory', () => {
    const { fixture } = watched();
    const file = { name: '../secret', kind: 'file', sizeBytes: 1, modifiedMs: 1 };
    const restore = () => fixture.graph.restoreInputs(1_000, new Map([[0, [file]]]));
    expect(restore).toThrow(expect.objectContaining({ code: 'MR_GRAPH_INPUT_INVALID' }));
  });

  it('refuses a remember duration of 0', () => {
    expect(() => watched({ minRememberMs: 0 })).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }),
    );
  });

  it('reports once an entry that is not a file, and a file from the future', async () => {
    const { directory, fixture } = watched();
    const { list } = directory;
    const loop = { name: 'loop', kind: 'other', sizeBytes: 0, modifiedMs: 0, problem: 'ELOOP' } as const;
    directory.list = async () => [...(await list.call(directory)), loop, { ...loop, name: '.loop' }];
    directory.write('early', 'x', 10_000_000);
    await fixture.run(3);
    const told = fixture.log.lines
      .filter(({ level }) => level === 'warn')
      .map(({ fields }) => fields?.['name']);
    expect(told).toEqual(['early', 'loop']);
  });
});
