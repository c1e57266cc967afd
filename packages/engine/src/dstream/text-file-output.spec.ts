import { SeededRandom, type Storage } from '@millrace/core';
import { FaultyStorage, MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { lineOf } from './line-of.ts';

/** The files of a disk with their text. */
function filesOf(storage: MemoryStorage): Record<string, string> {
  return Object.fromEntries(storage.paths().map((path) => [path, storage.readText(path)]));
}

/** A disk whose operations fail from number `failAt` on, with a count of operations. */
function failingFrom(storage: MemoryStorage, failAt: number): { readonly disk: Storage; steps: number } {
  return failing(storage, (step) => step >= failAt);
}

/** A disk of which one operation fails, once. */
function failingOnce(storage: Storage, failAt: number): { readonly disk: Storage; steps: number } {
  return failing(storage, (step) => step === failAt);
}

function failing(
  storage: Storage,
  fails: (step: number) => boolean,
): { readonly disk: Storage; steps: number } {
  const state = { steps: 0, disk: storage as Storage };
  const count = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          // A dead process closes no file either.
          if (fails((state.steps += 1))) throw new Error('the process died');
          const result: unknown = await Reflect.apply(value, target, args);
          return name === 'open' ? count(result as object) : result;
        };
      },
    });
  state.disk = count<Storage>(storage);
  return state;
}

describe('saveAsTextFiles', () => {
  it('writes a directory for each batch, a part for each partition, and a mark', async () => {
    const storage = new MemoryStorage();
    const fixture = new StreamFixture({ storage });
    fixture.queue([['a', 'b', 'c']]).saveAsTextFiles('/out/words', 'txt');
    fixture.queue([[{ n: 1 }]]).saveAsTextFiles('/out/objects');
    await fixture.run(2);
    expect(filesOf(storage)).toEqual({
      '/out/objects-1000/_SUCCESS': '',
      '/out/objects-1000/part-00000': '',
      '/out/objects-1000/part-00001': '{"n":1}\n',
      '/out/objects-2000/_SUCCESS': '',
      '/out/words-1000.txt/_SUCCESS': '',
      '/out/words-1000.txt/part-00000': 'a\n',
      '/out/words-1000.txt/part-00001': 'b\nc\n',
      '/out/words-2000.txt/_SUCCESS': '',
    });
  });

  it('makes lines with the given format', async () => {
    const storage = new MemoryStorage();
    const fixture = new StreamFixture({ storage, defaultParallelism: 1 });
    const pairs = fixture.queue([['a', 'b']]).map((word) => [word, word.length]);
    pairs.saveAsTextFiles('/out', 'tsv', { format: ([word, length]) => `${word}\t${length}` });
    await fixture.run(1);
    expect(storage.readText('/out-1000.tsv/part-00000')).toBe('a\t1\nb\t1\n');
  });

  it('changes nothing when a batch that was written runs again', async () => {
    const storage = new MemoryStorage();
    for (const records of [['first'], ['second', 'third']]) {
      const fixture = new StreamFixture({ storage, defaultParallelism: 1 });
      fixture.queue([records]).saveAsTextFiles('/out');
      await fixture.run(1);
    }
    expect(storage.readText('/out-1000/part-00000')).toBe('first\n');
  });

  it('is complete or absent after the death of the process at any step, and complete after a repetition (BAT-4)', async () => {
    const expected = {
      '/a/b/out-1000/_SUCCESS': '',
      '/a/b/out-1000/part-00000': 'one\ntwo\n',
      '/a/b/out-1000/part-00001': 'three\nfour\n',
    };
    const run = async (storage: Storage) => {
      const fixture = new StreamFixture({ storage, defaultParallelism: 2 });
      fixture.queue([['one', 'two', 'three', 'four']]).saveAsTextFiles('/a/b/out');
      await fixture.run(1);
    };
    const whole = failingFrom(new MemoryStorage(), Infinity);
    await run(whole.disk);
    expect(whole.steps).toBeGreaterThan(20);
    for (let failAt = 1; failAt <= whole.steps; failAt += 1) {
      const storage = new MemoryStorage();
      await expect(run(failingFrom(storage, failAt).disk)).rejects.toThrow('the process died');
      const named = Object.entries(filesOf(storage)).filter(([path]) => !path.includes('.writing-'));
      expect(expected).toMatchObject(Object.fromEntries(named));
      if (named.some(([path]) => path.endsWith('_SUCCESS'))) expect(named).toHaveLength(3);
      await run(storage);
      if (failAt < whole.steps) expect(filesOf(storage)).toEqual(expected);
    }
  });

  it('survives the loss of power right after its batch, after a failure of any operation (WAL-4)', async () => {
    for (let failAt = 1, steps = failAt; failAt <= steps; failAt += 1) {
      const disk = new FaultyStorage({ random: new SeededRandom(failAt), pageBytes: 64 });
      const failing = failingOnce(disk, failAt);
      const run = () => {
        const fixture = new StreamFixture({ storage: failing.disk });
        fixture.queue([['a', 'b', 'c']]).saveAsTextFiles('/some/where/words');
        return fixture.run(1);
      };
      await run().catch(run);
      steps = failing.steps;
      const left = disk.crash();
      const texts = ['part-00000', 'part-00001', '_SUCCESS'].map((name) =>
        Buffer.from(left.readFile(`/some/where/words-1000/${name}`)).toString(),
      );
      expect(texts).toEqual(['a\n', 'b\nc\n', '']);
    }
  });

  it('removes parts of an earlier attempt that had more parts', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('/out-1000/part-00007', 'old\n');
    storage.writeFile('/out-1000/notes', 'not ours\n');
    const fixture = new StreamFixture({ storage, defaultParallelism: 1 });
    fixture.queue([['new']]).saveAsTextFiles('/out');
    await fixture.run(1);
    expect(storage.paths()).toEqual(['/out-1000/_SUCCESS', '/out-1000/notes', '/out-1000/part-00000']);
  });

  it('writes parts of any size', async () => {
    const storage = new MemoryStorage();
    const fixture = new StreamFixture({ storage, defaultParallelism: 1 });
    const records = Array.from({ length: 30_000 }, (_, n) => `record number ${n}`);
    fixture.queue([records]).saveAsTextFiles('/out');
    await fixture.run(1);
    expect(storage.readText('/out-1000/part-00000')).toBe(`${records.join('\n')}\n`);
  });

  it('refuses an empty prefix, and two outputs of the same names', () => {
    const stream = new StreamFixture().queue<string>([]);
    expect(() => stream.saveAsTextFiles('')).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }),
    );
    stream.saveAsTextFiles('/out', 'a');
    stream.saveAsTextFiles('/out', 'b');
    expect(() => stream.saveAsTextFiles('/out', 'a')).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_DUPLICATE_OUTPUT' }),
    );
  });
});

describe('lineOf', () => {
  it.each<[unknown, string]>([
    ['text "as it is"', 'text "as it is"'],
    [1.5, '1.5'],
    [null, 'null'],
    [['a', 1], '["a",1]'],
    [{ a: undefined, b: [true] }, '{"b":[true]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('makes a line of %j', (record, line) => {
    expect(lineOf(record)).toBe(line);
  });

  it.each([
    undefined,
    1n,
    Number.NaN,
    () => 1,
    Symbol('s'),
    [undefined],
    { a: [Infinity] },
    { m: new Map() },
    new Set(),
    { bytes: new Uint8Array(1) },
  ])('refuses %o, which JSON would change or lose', (record) => {
    expect(() => lineOf(record)).toThrow(expect.objectContaining({ code: 'MR_GRAPH_RECORD_NOT_TEXT' }));
  });

  it('refuses a circle, a value nested too deep, and a toJSON that throws', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const fails = {
      toJSON: () => {
        throw new Error('no');
      },
    };
    for (const record of [circle, deep, fails])
      expect(() => lineOf(record)).toThrow(expect.objectContaining({ code: 'MR_GRAPH_RECORD_NOT_TEXT' }));
  });
});
