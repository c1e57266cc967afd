// The checksum of a few bytes. The system's `crc32` runs at gigabytes a second, but a call of it costs as much as two
// hundred bytes do, and each needs a view of exactly the bytes to be summed. Every frame has a header of twenty bytes
// to be checked, in a log of small entries nearly as much work as the entries themselves.

/** The polynomial of CRC-32, as everybody writes it who shifts to the right. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  return sum;
});

/** What `crc32(bytes.subarray(from, to), seed)` of `node:zlib` gives. `from` and `to` are inside of `bytes`. */
export function shortChecksum(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let sum = ~seed;
  for (let at = from; at < to; at += 1) {
    // The casts say what the loop bounds and the mask do: neither lookup leaves its array.
    sum = (TABLE[(sum ^ (bytes[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}
