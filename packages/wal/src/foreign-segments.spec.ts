import { describe, expect, it } from 'vitest';
import { foreignSegments } from './foreign-segments.ts';
import type { FoundSegment } from './log-directory.ts';

/** Segments as text: `a1` is segment 1 of log a. Each segment follows its predecessor in its own log. */
function strangersIn(names: string): readonly number[] {
  return [...foreignSegments(names.split(' ').map(found))].toSorted();
}

function found(name: string): FoundSegment {
  const number = Number(name.slice(1));
  const salt = name.charCodeAt(0) * 100 + number;
  const previous = { previousNumber: number - 1, previousSalt: number === 1 ? 0 : salt - 1 };
  const times = { createdMs: 0, previousEndBytes: 100, previousNewestMs: 0 };
  return {
    number,
    sizeBytes: 200,
    header: { number, salt, ...previous, ...times, isSynced: true, isSparse: false },
  };
}

describe('foreignSegments', () => {
  it('finds no foreign segment where each segment matches its predecessor', () => {
    expect(strangersIn('a1 a2 a3')).toEqual([]);
    expect(strangersIn('a4 a5')).toEqual([]);
  });

  it('finds a segment that matches neither neighbour', () => {
    expect(strangersIn('a1 b2 a3')).toEqual([2]);
    expect(strangersIn('a1 a2 b3 a4 a5')).toEqual([3]);
  });

  it('finds a foreign segment at either end', () => {
    expect(strangersIn('b1 a2 a3')).toEqual([1]);
    expect(strangersIn('a1 a2 b3')).toEqual([3]);
  });

  it('rejects both segments when no third segment decides', () => {
    expect(strangersIn('a1 b2')).toEqual([1, 2]);
    expect(strangersIn('a1 a2 b3 b4')).toEqual([2, 3]);
  });

  it('concludes nothing about missing neighbours', () => {
    expect(strangersIn('a1 b3 a5')).toEqual([]);
  });

  it('rejects a segment that its successor could not read', () => {
    const successor = found('a2');
    const header = successor.header && { ...successor.header, previousSalt: 0 };
    expect([...foreignSegments([found('a1'), { ...successor, header }])]).toEqual([1]);
  });
});
