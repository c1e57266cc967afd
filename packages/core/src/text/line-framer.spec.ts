import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineFramer, type TextPiece } from './line-framer.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);

/** Pieces in a readable form: the lines, and `…` for an omitted line. */
function show(pieces: readonly TextPiece[]): string[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'long-line') return ['…'];
    const lines = Buffer.from(piece.bytes).toString().split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(piece.lineCount);
    return lines;
  });
}

function cutAll(chunks: readonly string[], maxLineBytes = 100): string[] {
  const framer = new LineFramer({ maxLineBytes });
  const pieces = chunks.flatMap((chunk) => [...framer.push(bytesOf(chunk))]);
  return show([...pieces, ...framer.end()]);
}

describe('LineFramer', () => {
  it('returns the whole lines of a chunk without copying', () => {
    const chunk = bytesOf('a\nbb\nccc');
    const [piece] = new LineFramer({ maxLineBytes: 100 }).push(chunk);
    expect(piece).toMatchObject({ kind: 'lines', lineCount: 2 });
    expect(piece?.kind === 'lines' && piece.bytes.buffer).toBe(chunk.buffer);
  });

  it('joins a line that crosses chunks', () => {
    expect(cutAll(['on', 'e li', 'ne\ntwo\nth', 'ree\n'])).toEqual(['one line', 'two', 'three']);
  });

  it('keeps an incomplete last line at the end', () => {
    expect(cutAll(['one\ntw', 'o'])).toEqual(['one', 'two']);
  });

  it('counts the bytes held for the next chunk', () => {
    const framer = new LineFramer({ maxLineBytes: 100 });
    framer.push(bytesOf('one\ntw'));
    expect(framer.heldBytes).toBe(2);
  });

  it('reports the end of each run of lines in the input, whatever bytes were removed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('', 'ab\r', 'abc', 'too long a line'), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        (lines, chunkBytes) => {
          const text = lines.join('\n');
          const framer = new LineFramer({ maxLineBytes: 5 });
          const pieces: TextPiece[] = [];
          for (let at = 0; at < text.length; at += chunkBytes) {
            pieces.push(...framer.push(bytesOf(text.slice(at, at + chunkBytes))));
          }
          pieces.push(...framer.end());
          for (const [index, piece] of pieces.entries()) {
            if (piece.kind === 'long-line') continue;
            const [again, rest] = [text.slice(0, piece.endByte), text.slice(piece.endByte)];
            expect(cutAll([again], 5)).toEqual(show(pieces.slice(0, index + 1)));
            expect(cutAll([rest], 5)).toEqual(show(pieces.slice(index + 1)));
          }
        },
      ),
    );
  });

  it('keeps empty lines', () => {
    expect(cutAll(['\n\na\n', '\n'])).toEqual(['', '', 'a', '']);
  });

  it('converts carriage return and line feed to a line feed', () => {
    expect(cutAll(['one\r\ntwo\nth', 'ree\r', '\nfour\r\n'])).toEqual(['one', 'two', 'three', 'four']);
  });

  it('keeps a carriage return inside a line', () => {
    expect(cutAll(['10%\r20%\r\r\n\r'])).toEqual(['10%\r20%\r', '']);
  });

  it('removes carriage returns from lines of any length, near and far apart', () => {
    const line = fc
      .tuple(fc.constantFrom('', '\r', '\r\r'), fc.nat({ max: 40 }), fc.constantFrom('', '\r'))
      .map(([start, length, end]) => start + 'x'.repeat(length) + end);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const expected = lines.map((text) => text.replace(/\r$/, ''));
        expect(cutAll([lines.map((text) => `${text}\n`).join('')])).toEqual(expected);
      }),
    );
  });

  it('leaves out a line above the bound and continues', () => {
    expect(cutAll(['ab\nabcdef\ncd\n'], 4)).toEqual(['ab', '…', 'cd']);
  });

  it('leaves out a long line that crosses chunks once', () => {
    expect(cutAll(['ab\nabc', 'def', 'ghi', 'jkl\ncd\n'], 4)).toEqual(['ab', '…', 'cd']);
  });

  it('leaves out a long line that is never finished', () => {
    expect(cutAll(['ab\nabc', 'def'], 4)).toEqual(['ab', '…']);
  });

  it('reports a long line as soon as the bound is passed', () => {
    const framer = new LineFramer({ maxLineBytes: 4 });
    expect(framer.push(bytesOf('abcd'))).toEqual([]);
    expect(framer.push(bytesOf('e'))).toEqual([{ kind: 'long-line' }]);
    expect(framer.heldBytes).toBe(0);
  });

  it('accepts plain byte arrays', () => {
    const pieces = new LineFramer({ maxLineBytes: 100 }).push(new TextEncoder().encode('a\nb\n'));
    expect(show(pieces)).toEqual(['a', 'b']);
  });

  it.each([
    ['\ufefffirst\nsecond', ['first', 'second']],
    ['\ufeff', []],
    ['\ufeff\na', ['', 'a']],
    ['a\n\ufeffb\n', ['a', '\ufeffb']],
    ['\ufeff\ufeffa', ['\ufeffa']],
    ['', []],
  ])('leaves out a byte order mark at the start of a file %j, for any cuts', (input, lines) => {
    for (const chunkBytes of [1, 2, 3, 4, 100]) {
      const framer = new LineFramer({ maxLineBytes: 100, isFileStart: true });
      const bytes = bytesOf(input);
      for (let life = 0; life < 2; life += 1) {
        const pieces: TextPiece[] = [];
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          pieces.push(...framer.push(Buffer.from(bytes.subarray(at, at + chunkBytes))));
        }
        pieces.push(...framer.end());
        expect(show(pieces)).toEqual(lines);
        const last = pieces.at(-1);
        if (last?.kind === 'lines') expect(last.endByte).toBe(bytes.length);
      }
    }
  });

  it('treats the first bytes of a mark as text when no mark follows', () => {
    for (const bytes of [[0xef], [0xef, 0xbb], [0xef, 0x0a], [0xef, 0xbb, 0x0a, 0x61], [0xef, 0xbb, 0xbc]]) {
      const framer = new LineFramer({ maxLineBytes: 100, isFileStart: true });
      const pieces = [...bytes.flatMap((byte) => [...framer.push(Buffer.of(byte))]), ...framer.end()];
      const found = Buffer.concat(
        pieces.map((piece) => (piece.kind === 'lines' ? piece.bytes : Buffer.of())),
      );
      expect([...found]).toEqual(bytes.at(-1) === 0x0a ? bytes : [...bytes, 0x0a]);
    }
  });

  it('keeps a byte order mark in input other than files', () => {
    expect(cutAll(['\ufeffa\n'])).toEqual(['\ufeffa']);
  });

  it('returns the same lines for any cuts of the input', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', 'é'), maxLength: 60 });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, sizes, fc.integer({ min: 1, max: 6 }), (input, chunkSizes, maxLineBytes) => {
        expect(cutBySizes(bytesOf(input), chunkSizes, maxLineBytes)).toEqual(naiveLines(input, maxLineBytes));
      }),
      { numRuns: 500 },
    );
  });
});

function cutBySizes(input: Buffer, sizes: readonly number[], maxLineBytes: number): string[] {
  const framer = new LineFramer({ maxLineBytes });
  const pieces: TextPiece[] = [];
  for (let offset = 0, turn = 0; offset < input.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(...framer.push(Buffer.from(input.subarray(offset, offset + size))));
    offset += size;
  }
  return show([...pieces, ...framer.end()]);
}

/** The same rules over the whole text at once. */
function naiveLines(input: string, maxLineBytes: number): string[] {
  const lines = input.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (Buffer.byteLength(line) > maxLineBytes ? '…' : line.replace(/\r$/, '')));
}
