import { describe, expect, it } from 'vitest';
import { END, entry, pax } from '../test/archive.ts';
import { tarEntries } from './tar-entries.ts';

const read = (...blocks: readonly Buffer[]) => tarEntries(Buffer.concat(blocks), 100).entries;
const pathsIn = (...blocks: readonly Buffer[]) => read(...blocks, END).map(({ path }) => path);

describe('tarEntries', () => {
  it('returns path, kind and bytes of each entry', () => {
    const found = read(
      entry('package/', '', { type: '5' }),
      entry('package/a', 'text'),
      entry('package/l', '', { type: '2' }),
      entry('package/h', '', { type: '1' }),
      entry('package/d', '', { type: '3' }),
      END,
    );
    expect(found.map(({ path, kind, bytes }) => [path, kind, Buffer.from(bytes).toString()])).toEqual([
      ['package/', 'folder', ''],
      ['package/a', 'file', 'text'],
      ['package/l', 'link', ''],
      ['package/h', 'link', ''],
      ['package/d', 'other', ''],
    ]);
  });

  it('finds a path in every possible field', () => {
    expect(pathsIn(entry('b', '', { prefix: 'package/..' }))).toEqual(['package/../b']);
    expect(pathsIn(pax({ mtime: '5', path: 'package/ä' }), entry('short'), entry('next'))).toEqual([
      'package/ä',
      'next',
    ]);
    expect(pathsIn(entry('././@LongLink', 'package/long\0', { type: 'L' }), entry('short'))).toEqual([
      'package/long',
    ]);
    expect(pathsIn(pax({ path: 'elsewhere' }, 'g'), entry('package/a'))).toEqual(['package/a']);
  });

  it('follows a size in an extended header, and one of base 256', () => {
    expect(pathsIn(pax({ size: '4' }), entry('a', 'text', { size: '00000000000\0' }), entry('b'))).toEqual([
      'a',
      'b',
    ]);
    const big = `\x80${'\0'.repeat(10)}\x04`;
    expect(pathsIn(entry('a', 'text', { size: big }), entry('b'))).toEqual(['a', 'b']);
  });

  it.each([
    ['-0000000001\0', 'octal number'],
    ['00000000009\0', 'octal number'],
    ['77777777777\0', 'a whole archive'],
    [`\x80${'\0'.repeat(4)}${'\xff'.repeat(7)}`, 'a whole archive'],
  ])('refuses the size %j', (size, message) => {
    expect(() => read(entry('a', '', { size }), END)).toThrow(message);
  });

  it('refuses an archive that continues behind its end', () => {
    expect(() => read(entry('a'), Buffer.alloc(512), entry('b'), END)).toThrow('nothing behind the end');
  });

  it('ends behind the bound', () => {
    const many = Buffer.concat([...Array.from({ length: 9 }, () => entry('a')), END]);
    expect(tarEntries(many, 5).headers).toBe(6);
  });

  it('ignores a damaged extended header', () => {
    for (const content of ['0 path=a\n', '-5 path=a\n', 'x path=a\n', '99', '11 path\n'])
      expect(pathsIn(entry('PaxHeader', content, { type: 'x' }), entry('b'))).toEqual(['b']);
  });
});
