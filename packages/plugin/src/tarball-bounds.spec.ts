import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { entriesWithinBounds, TARBALL_BOUNDS, type TarballBounds } from './tarball-bounds.ts';

const BOUNDS: TarballBounds = { packedBytes: 4_096, unpackedBytes: 64 * 1_024, entries: 10 };

/** A tar archive of this number of files with this number of bytes each. */
function archive(files: number, bytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let file = 0; file < files; file += 1) {
    const header = Buffer.alloc(512);
    header.write(`package/file-${file}`, 0);
    header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
    blocks.push(header, Buffer.alloc(Math.ceil(bytes / 512) * 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

describe('the bounds of a tarball', () => {
  it('accept a package within the bounds', () => {
    expect(() => entriesWithinBounds(gzipSync(archive(10, 700)), BOUNDS)).not.toThrow();
  });

  it('refuse a file that is too large in packed form', () => {
    expect(() => entriesWithinBounds(new Uint8Array(4_097), BOUNDS)).toThrow('at most 4096 bytes');
  });

  it('refuse a small file that unpacks to more than the bound', () => {
    const bomb = gzipSync(archive(1, 1_000_000));
    expect(bomb.length).toBeLessThan(BOUNDS.packedBytes);
    expect(() => entriesWithinBounds(bomb, BOUNDS)).toThrow('at most 65536 bytes unpacked');
  });

  it('refuse a bomb of several gzip members', () => {
    const member = gzipSync(Buffer.alloc(40_000));
    expect(() => entriesWithinBounds(Buffer.concat([member, member]), BOUNDS)).toThrow(
      '65536 bytes unpacked',
    );
  });

  it('refuse more entries than the bound', () => {
    expect(() => entriesWithinBounds(gzipSync(archive(11, 0)), BOUNDS)).toThrow('at most 10 entries');
  });

  it('refuse bytes that are not an archive', () => {
    expect(() => entriesWithinBounds(Buffer.from('no gzip'), TARBALL_BOUNDS)).toThrow('packed by npm');
  });
});
