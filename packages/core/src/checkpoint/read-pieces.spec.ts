import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../test/memory-disk.ts';
import { readPieces } from './read-pieces.ts';

describe('readPieces', () => {
  const content = Uint8Array.from({ length: 25 }, (_, index) => index);

  it.each([1, 4, 7, 20, 25, 100])('joins pieces of %i bytes', async (pieceBytes) => {
    const disk = new MemoryDisk();
    disk.files.set('/f', content);
    const file = await disk.open('/f', 'read');
    expect(await readPieces(file, 3, 23, pieceBytes)).toEqual(content.slice(3, 23));
    expect(await readPieces(file, 20, 40, pieceBytes)).toEqual(content.slice(20));
  });
});
