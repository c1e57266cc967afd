// The checksum of a few bytes. The system's `crc32` runs at gigabytes a second, but one call costs as much as two
// hundred bytes, and each call needs a view of exactly the checked bytes. Every frame has a header of twenty bytes to
// check; in a log of small entries this is nearly as much work as the entries themselves.

/** The polynomial of CRC-32, in the usual form for shifts to the right. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  return sum;
});

/** Equals `crc32(bytes.subarray(from, to), seed)` of `node:zlib`. `from` and `to` are inside `bytes`. */
export function shortChecksum(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let sum = ~seed;
  for (let at = from; at < to; at += 1) {
    // The casts express the loop bounds and the mask: neither lookup leaves its array.
    sum = (TABLE[(sum ^ (bytes[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}
