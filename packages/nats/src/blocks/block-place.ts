// The place of a block in a stream, as a handle: the sequences of its messages. A block is one message, or several chunks. Chunks of
// several executors may stand between each other, so the sequences of a block are runs:
//
//   { segment: 'ML_delays_BLK_0', offset: 17, length: 3 }            messages 17, 18, 19
//   { segment: 'ML_delays_BLK_0/17-18,21', offset: 17, length: 3 }   messages 17, 18, 21
import type { LogHandle } from '@millrace/core';

/** The messages of a block. */
export interface BlockPlace {
  readonly stream: string;
  /** In the order of the chunks. */
  readonly sequences: readonly number[];
}

/** More chunks than any block has; bounds the work for a handle that somebody made up. */
const CHUNKS_MAX = 65_536;
const RUNS = /^([^/]+)(?:\/((?:\d+(?:-\d+)?)(?:,\d+(?:-\d+)?)*))?$/;

/** The handle of a place. The place has at least one sequence. */
export function handleOf({ stream, sequences }: BlockPlace): LogHandle {
  const [offset = 0] = sequences;
  const runs = runsOf(sequences);
  const isOneRun = runs.length === 1;
  return {
    segment: isOneRun ? stream : `${stream}/${runs.join(',')}`,
    offset,
    length: sequences.length,
  };
}

/** The place of a handle; undefined for a handle of another log. */
export function placeOf({ segment, offset, length }: LogHandle): BlockPlace | undefined {
  const [, stream, runs] = RUNS.exec(segment) ?? [];
  if (stream === undefined || !isCount(offset) || !isCount(length) || length > CHUNKS_MAX) return undefined;
  if (runs === undefined) return { stream, sequences: Array.from({ length }, (_, n) => offset + n) };
  const sequences: number[] = [];
  for (const run of runs.split(',')) {
    const [first = 0, last = first] = run.split('-').map(Number);
    if (last < first || last - first >= length) return undefined;
    for (let sequence = first; sequence <= last; sequence += 1) sequences.push(sequence);
  }
  return sequences.length === length ? { stream, sequences } : undefined;
}

function runsOf(sequences: readonly number[]): readonly string[] {
  const runs: string[] = [];
  for (let at = 0; at < sequences.length;) {
    const first = sequences[at] as number;
    let length = 1;
    while (sequences[at + length] === first + length) length += 1;
    runs.push(length === 1 ? `${first}` : `${first}-${first + length - 1}`);
    at += length;
  }
  return runs;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
