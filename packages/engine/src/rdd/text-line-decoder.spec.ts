import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextLineDecoder, type TextLineDecoderOptions } from './text-line-decoder.ts';

function decode(chunks: readonly Uint8Array[], options: TextLineDecoderOptions = {}): string[] {
  const decoder = new TextLineDecoder(options);
  return [...chunks.flatMap((chunk) => decoder.decode(chunk)), ...decoder.end()];
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('TextLineDecoder', () => {
  it('returns the same lines for any division of the bytes into chunks', () => {
    const lines = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 6 }).map((line) => line.replaceAll('\n', '')),
    );
    const property = fc.property(lines, fc.array(fc.nat(60), { maxLength: 8 }), (lines, cuts) => {
      const all = bytes(lines.map((line) => `${line}\n`).join(''));
      const ends = [...cuts.filter((cut) => cut <= all.length), all.length].toSorted((a, b) => a - b);
      const chunks = ends.map((end, index) => all.subarray(ends[index - 1] ?? 0, end));
      expect(decode(chunks)).toEqual(lines);
    });
    fc.assert(property);
  });

  it('replaces invalid UTF-8 without losing the line', () => {
    expect(decode([Uint8Array.of(0x61, 0xff, 0x0a, 0xc3), Uint8Array.of(0x0a, 0x62)])).toEqual([
      'a\ufffd',
      '\ufffd',
      'b',
    ]);
  });

  it('counts a last line without line feed, and no line after the last', () => {
    expect(decode([bytes('a\n\nb')])).toEqual(['a', '', 'b']);
    expect(decode([bytes('a\n')])).toEqual(['a']);
    expect(decode([])).toEqual([]);
  });

  it('removes carriage returns from line ends only when configured', () => {
    const chunks = [bytes('a\r'), bytes('\nb\rc\n\r\nd\r')];
    expect(decode(chunks)).toEqual(['a\r', 'b\rc', '\r', 'd\r']);
    expect(decode(chunks, { carriageReturns: true })).toEqual(['a', 'b\rc', '', 'd\r']);
  });

  it('refuses a line above the bound before it is buffered whole', () => {
    const decoder = new TextLineDecoder({ maxLineBytes: 4, name: 'a file' });
    decoder.decode(bytes('ok\nab'));
    expect(() => decoder.decode(bytes('cde'))).toThrow(
      expect.objectContaining({ code: 'MR_RDD_LINE_TOO_LONG', details: { name: 'a file', maxLineBytes: 4 } }),
    );
  });
});
