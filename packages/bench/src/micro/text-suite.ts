// The rate at which bytes from a source become whole lines that stay bytes, beside the minimum cost and beside decoding
// every line at once, which a block of text avoids.
import { LineFramer, type TextPiece } from '@millrace/core';
import type { BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { repeatedCase } from './repeated-case.ts';

const CUTTER = 'LineFramer';
const BARE = 'count of newlines';
const STREAM_BYTES = 8 * 2 ** 20;
/** The bytes delivered by a socket at once. */
const CHUNK_BYTES = 65_536;
const LINE_FEED = 10;

/** The suite `text`. */
export const textSuite: BenchSuite = {
  name: 'text',
  purpose:
    'rate at which bytes become lines that stay bytes, beside counting newlines and decoding each line',
  unit: 'lines',
  contenders: 3,
  workloads: [20, 100, 1_000].map(benchWorkload),
};

function benchWorkload(lineBytes: number): BenchWorkload {
  const lines = Math.floor(STREAM_BYTES / lineBytes);
  return {
    name: `lines of ${lineBytes} bytes`,
    makeCases: () => {
      const chunks = chunksOf(lineBytes, lines);
      return [
        repeatedCase(CUTTER, lines, () => cutLines(chunks, lines)),
        repeatedCase(BARE, lines, () => assertLines(countLines(chunks), lines)),
        repeatedCase('decode and split', lines, () => assertLines(splitLines(chunks), lines)),
      ];
    },
    budgets: [{ contender: CUTTER, against: BARE }],
  };
}

function chunksOf(lineBytes: number, lines: number): readonly Buffer[] {
  const line = Buffer.alloc(lineBytes, 'x');
  line[lineBytes - 1] = LINE_FEED;
  const bytes = Buffer.concat(Array.from({ length: lines }, () => line));
  const count = Math.ceil(bytes.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES));
}

function cutLines(chunks: readonly Buffer[], lines: number): number {
  const cutter = new LineFramer({ maxLineBytes: 1_048_576 });
  let count = 0;
  const take = (piece: TextPiece): void => {
    if (piece.kind === 'lines') count += piece.lineCount;
  };
  for (const chunk of chunks) for (const piece of cutter.push(chunk)) take(piece);
  return assertLines(count, lines);
}

function countLines(chunks: readonly Buffer[]): number {
  let count = 0;
  for (const chunk of chunks) {
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, end + 1)) count += 1;
  }
  return count;
}

function splitLines(chunks: readonly Buffer[]): number {
  let count = 0;
  let rest = '';
  for (const chunk of chunks) {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.length > 0) count += 1;
  }
  return count;
}

function assertLines(count: number, lines: number): number {
  if (count !== lines) throw new Error(`came to ${count} lines, expected ${lines}`);
  return count;
}
