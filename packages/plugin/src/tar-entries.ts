// The entries of a tar archive under the names that npm would unpack: with the prefix of ustar, with extended headers
// (pax) and with the long names of GNU tar. The library that reads types ignores some of these, and the form of an
// archive is untrusted input.

/** One entry of an archive. */
export interface TarEntry {
  /** The whole path, with the folder that npm removes. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: Uint8Array;
}

const BLOCK_BYTES = 512;
const EMPTY_BLOCK = Buffer.alloc(BLOCK_BYTES);

const NAME = [0, 100] as const;
const SIZE = [124, 136] as const;
const TYPE_AT = 156;
const MAGIC = [257, 262] as const;
const PREFIX = [345, 500] as const;

/** A size with this bit is a number of base 256. */
const BASE_256 = 0x80;

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'link',
  '5': 'folder',
  '7': 'file',
};

/** The fields of an extended header for the next entry. */
interface Extended {
  readonly path?: string | undefined;
  readonly size?: number | undefined;
}

/**
 * Reads the headers of an archive, and ends behind `most` headers, including extended ones.
 *
 * @throws Error when a size is not a number, an entry ends behind the archive, or bytes follow the end.
 */
export function tarEntries(archive: Buffer, most: number): { entries: TarEntry[]; headers: number } {
  const entries: TarEntry[] = [];
  let extended: Extended = {};
  let headers = 0;
  for (let at = 0; at + BLOCK_BYTES <= archive.length && headers <= most; headers += 1) {
    const header = archive.subarray(at, at + BLOCK_BYTES);
    if (header.equals(EMPTY_BLOCK)) {
      assertNothing(archive.subarray(at));
      break;
    }
    const type = String.fromCharCode(header[TYPE_AT] ?? 0);
    const isExtension = 'xgLK'.includes(type);
    const size = isExtension ? sizeOf(header) : (extended.size ?? sizeOf(header));
    const bytes = archive.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + size);
    if (bytes.length < size)
      throw new Error('expected a whole archive, the tarball ends inside one of its files');
    at += BLOCK_BYTES + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if (isExtension) {
      extended = { ...extended, ...extensionOf(type, bytes) };
    } else {
      entries.push({ path: extended.path ?? pathOf(header), kind: KINDS[type] ?? 'other', bytes });
      extended = {};
    }
  }
  return { entries, headers };
}

/** Readers differ about an archive that continues behind an empty block. */
function assertNothing(rest: Buffer): void {
  if (rest.every((byte) => byte === 0)) return;
  throw new Error('expected nothing behind the end of the archive in the tarball, got more');
}

function pathOf(header: Buffer): string {
  const name = textIn(header, NAME);
  const prefix = textIn(header, MAGIC) === 'ustar' ? textIn(header, PREFIX) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textIn(bytes: Buffer, [from, to]: readonly [number, number]): string {
  const field = bytes.subarray(from, to);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

function sizeOf(header: Buffer): number {
  const [from, to] = SIZE;
  if (((header[from] ?? 0) & BASE_256) !== 0) return bigSizeOf(header.subarray(from + 1, to));
  const text = textIn(header, SIZE).trim();
  if (/^[0-7]*$/.test(text)) return Number.parseInt(`0${text}`, 8);
  throw new Error(
    `expected the size of an entry of the tarball to be an octal number, got ${JSON.stringify(text)}`,
  );
}

function bigSizeOf(bytes: Buffer): number {
  return bytes.reduce((size, byte) => size * 256 + byte, 0);
}

function extensionOf(type: string, bytes: Buffer): Extended {
  if (type === 'L') return { path: textIn(bytes, [0, bytes.length]) };
  if (type !== 'x') return {};
  const { path, size } = paxRecords(bytes);
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { size: Number(size) }) };
}

/** Records of the form `<length> <key>=<value>\n`. The length counts bytes, its own digits included. */
function paxRecords(bytes: Buffer): { readonly path?: string; readonly size?: string } {
  const records: { path?: string; size?: string } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, Math.max(space, at)));
    if (space === -1 || !Number.isSafeInteger(length) || length <= 0) break;
    const record = bytes.toString('utf8', space + 1, at + length - 1);
    const [, key, value = ''] = /^([^=]*)=([^]*)$/.exec(record) ?? [];
    if (key === 'path') records.path = value;
    if (key === 'size' && /^\d+$/.test(value)) records.size = value;
    at += length;
  }
  return records;
}
