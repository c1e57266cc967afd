// Detection of files that are not UTF-8 by their first bytes: compressed files, and text in UTF-16. Each signature
// contains bytes that are invalid in UTF-8 at that place, or characters with which no text begins.

const BEGINNINGS: readonly (readonly [kind: string, bytes: readonly number[]])[] = [
  ['a gzip file', [0x1f, 0x8b, 0x08]],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['an xz file', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['a bzip2 file', [...Buffer.from('BZh')]],
  ['a zip file', [0x50, 0x4b, 0x03, 0x04]],
  ['text in UTF-16', [0xff, 0xfe]],
  ['text in UTF-16', [0xfe, 0xff]],
];

/** The bytes behind the level of compression; `BZh` alone may begin a text. */
const BZIP2_BLOCK = Buffer.of(0x31, 0x41, 0x59, 0x26, 0x53, 0x59);

/**
 * The kind of a file by its first bytes, with an article, for instance `a gzip file`; undefined for a file that may be
 * UTF-8 text. Ten bytes are sufficient; fewer bytes detect fewer kinds.
 */
export function foreignKindOf(bytes: Uint8Array): string | undefined {
  const found = BEGINNINGS.find(([, beginning]) => beginning.every((byte, at) => bytes[at] === byte));
  if (found?.[0] !== 'a bzip2 file') return found?.[0];
  return BZIP2_BLOCK.equals(bytes.subarray(4, 4 + BZIP2_BLOCK.length)) ? found[0] : undefined;
}
