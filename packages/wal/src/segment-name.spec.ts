import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import {
  checkedLogName,
  isSegmentReference,
  segmentFileName,
  segmentNumber,
  segmentReference,
  SPARE_FILE,
} from './segment-name.ts';

describe('the name of a segment', () => {
  it('has its number', () => {
    expect(segmentFileName(42)).toBe('segment-000000000042.wal');
    expect(segmentNumber('segment-000000000042.wal')).toBe(42);
  });

  it('accepts no other text', () => {
    for (const name of [
      'lock',
      'segment-42.wal',
      'segment-000000000042.wal.tmp',
      SPARE_FILE,
      'x/segment-000000000042.wal',
    ]) {
      expect(segmentNumber(name)).toBeUndefined();
    }
  });
});

describe('a reference to a segment', () => {
  it('names log and file', () => {
    expect(segmentReference('blocks', 1)).toBe('blocks/segment-000000000001.wal');
    expect(isSegmentReference('blocks/segment-000000000001.wal')).toBe(true);
  });

  it('never leaves the root directory', () => {
    const file = 'segment-000000000001.wal';
    for (const bad of [
      `../${file}`,
      `a/../../${file}`,
      `/etc/${file}`,
      file,
      `a\\..\\b/${file}`,
      `../x/${file}`,
      '',
    ]) {
      expect(isSegmentReference(bad)).toBe(false);
    }
  });
});

describe('the name of a log', () => {
  it('is valid as the name of a folder', () => {
    for (const name of ['blocks', 'executor-1.blocks', 'Metadata_2']) expect(checkedLogName(name)).toBe(name);
  });

  it('is refused when it is not valid as the name of a folder', () => {
    for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', 'a..b', 'x'.repeat(101), 'a\0']) {
      expect(codeOf(() => checkedLogName(name))).toBe('MR_WAL_INVALID_NAME');
    }
  });
});

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isMillraceError(error) ? error.code : undefined;
  }
  return undefined;
}
