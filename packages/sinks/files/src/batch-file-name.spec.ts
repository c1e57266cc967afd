import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchFileName, fileSafe } from './batch-file-name.ts';

const frame = { prefix: 'p-', suffix: '.txt' };
const write = {
  application: 'words',
  batchTime: 1_732_158_000_000,
  outputOperation: 2,
  partition: 13,
  partitions: 20,
};

describe('batchFileName', () => {
  it('consists of batch id, output operation and partition (SINK-7)', () => {
    expect(batchFileName(write, frame)).toBe('p-words-1732158000000-2-13.txt');
  });

  it('does not depend on the number of partitions', () => {
    expect(batchFileName({ ...write, partitions: 7 }, frame)).toBe(batchFileName(write, frame));
  });

  it('stays one name in its directory, for any application name', () => {
    const application = fc.string({
      unit: fc.constantFrom(...Array.from('aZ0-_./\\:%~\0\n* ä流'), '\ud800'),
      maxLength: 200,
    });
    fc.assert(
      fc.property(application, (name) => {
        const file = batchFileName({ ...write, application: name }, frame);
        expect(file).toMatch(/^p-[A-Za-z0-9_%~-]*-1732158000000-2-13\.txt$/);
        expect(posix.join('dir', file)).toBe(`dir/${file}`);
        expect(file.length).toBeLessThan(128);
      }),
    );
  });

  it('differs for different applications', () => {
    const name = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(fc.property(name, name, (a, b) => (fileSafe(a) === fileSafe(b)) === (a === b)));
    expect(fileSafe('\ud800')).not.toBe(fileSafe('\udfff'));
    expect(fileSafe('x'.repeat(300))).not.toBe(fileSafe('x'.repeat(301)));
  });

  it('keeps short plain names unchanged and encodes other names', () => {
    expect(fileSafe('word-count_2')).toBe('word-count_2');
    expect(fileSafe('../a.b')).toBe('%2E%2E%2Fa%2Eb');
    expect(fileSafe('a%2Fb')).toBe('a%252Fb');
  });
});
