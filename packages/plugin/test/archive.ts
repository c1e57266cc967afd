// Tar archives made block by block, in forms that no honest packer makes.

/** The differences of a header from the header of a plain file. */
export interface HeaderChanges {
  readonly type?: string;
  /** The field for the size, as written. */
  readonly size?: string;
  readonly prefix?: string;
}

/** The end of an archive. */
export const END = Buffer.alloc(1_024);

/** One entry: its header and its bytes. */
export function entry(name: string, content = '', { type = '0', size, prefix }: HeaderChanges = {}): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  header.write(type, 156);
  header.write('ustar\0', 257);
  if (prefix !== undefined) header.write(prefix, 345);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** An extended header (pax) for the next entry. */
export function pax(fields: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): Buffer {
  const records = Object.entries(fields).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    const length = [1, 2, 3, 4]
      .map((digits) => rest + digits)
      .find((all) => String(all).length === all - rest);
    return `${length} ${key}=${value}\n`;
  });
  return entry('PaxHeader', records.join(''), { type });
}
