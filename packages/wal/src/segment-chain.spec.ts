import { describe, expect, it } from 'vitest';
import type { FoundSegment } from './log-directory.ts';
import { linkSegments } from './segment-chain.ts';

/** A segment whose header names its predecessor, which ended at byte 500 with time 9. */
function found(number: number, previousNumber: number, isSparse = false): FoundSegment {
  const previous = {
    previousNumber,
    previousSalt: previousNumber,
    previousEndBytes: 500,
    previousNewestMs: 9,
  };
  return {
    number,
    sizeBytes: 600,
    header: { number, createdMs: 0, salt: number, isSynced: true, isSparse, ...previous },
  };
}

function damaged(number: number, sizeBytes = 600): FoundSegment {
  return { number, sizeBytes, header: undefined };
}

describe('linkSegments', () => {
  it('takes the end of the previous segment from each header', () => {
    const { segments, missing } = linkSegments([found(1, 0), found(2, 1)]);
    expect(segments).toMatchObject([
      { number: 1, isVoid: false, endBytes: 500, newestMs: 9 },
      { number: 2, isVoid: false, endBytes: undefined, newestMs: undefined },
    ]);
    expect(missing).toEqual([]);
  });

  it('recognises segments that were begun and abandoned', () => {
    const { segments, missing } = linkSegments([found(1, 0), found(2, 1), damaged(3), found(4, 1)]);
    expect(segments.map(({ isVoid }) => isVoid)).toEqual([false, true, true, false]);
    expect(missing).toEqual([]);
  });

  it('treats a newest segment without a complete header as abandoned', () => {
    const { segments } = linkSegments([found(1, 0), damaged(2, 64), damaged(3, 0)]);
    expect(segments.map(({ isVoid }) => isVoid)).toEqual([false, true, true]);
    expect(segments[0]?.endBytes).toBeUndefined();
  });

  it('treats a newest segment with a damaged header and content as damaged', () => {
    const { segments } = linkSegments([found(1, 0), damaged(2, 65)]);
    expect(segments[1]).toMatchObject({ isVoid: false, header: undefined, endBytes: 65 });
  });

  it('reports a missing segment only when an older segment exists', () => {
    expect(linkSegments([found(3, 2), found(4, 3)]).missing).toEqual([]);
    expect(linkSegments([found(1, 0), found(3, 2), found(6, 5)]).missing).toEqual([2, 5]);
  });

  it('concludes nothing from gaps in a sparse log', () => {
    const { segments, missing } = linkSegments([found(1, 0, true), found(3, 2, true)]);
    expect(missing).toEqual([]);
    expect(segments[0]).toMatchObject({ endBytes: undefined, newestMs: undefined });
  });

  it('reports nothing for an empty directory', () => {
    expect(linkSegments([])).toEqual({ segments: [], missing: [] });
  });
});
