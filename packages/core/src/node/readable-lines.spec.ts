import { describe, expect, it } from 'vitest';
import { coreError } from '../errors/core-errors.ts';
import { serializeError } from '../errors/serialize-error.ts';
import { readableLine } from './readable-lines.ts';

const line = (fields: object): string =>
  `${JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.006Z', ...fields })}\n`;
const plain = (fields: object): string => readableLine(line(fields), false);

describe('readableLine', () => {
  it('shows time, level, message and fields in one line', () => {
    const shown = plain({
      msg: 'receiver started',
      streamId: 3,
      receiver: 'http 0.0.0.0:80',
      executorId: 'a-1',
    });
    expect(shown).toMatch(
      /^\d\d:\d\d:\d\d\.006 INFO {2}receiver started {2}streamId=3 receiver="http 0\.0\.0\.0:80" executorId=a-1\n$/,
    );
  });

  it('shows code and message of an error and of its causes, below the message', () => {
    const cause = coreError('MR_STORAGE_FULL', 'no room');
    const error = serializeError(coreError('MR_BLOCK_LOST', 'gone', { cause }));
    expect(plain({ level: 'error', msg: 'batch failed', error }).split('\n').slice(1)).toEqual([
      `${' '.repeat(19)}MR_BLOCK_LOST: gone`,
      `${' '.repeat(19)}caused by MR_STORAGE_FULL: no room`,
      '',
    ]);
  });

  it('shows the stack of an error without a code', () => {
    const error = serializeError(new ReferenceError('sokcet is not defined'));
    const [, what, where] = plain({ level: 'error', msg: 'receiver failed', error }).split('\n');
    expect(what?.trim()).toBe('ReferenceError: sokcet is not defined');
    expect(where?.trim()).toMatch(/^at .*readable-lines\.spec\.ts/);
  });

  it('lets no value move the cursor, forge a line or change the title', () => {
    const evil = '\u001b[2J\u001b]0;title\u0007\nINFO forged\u009b31m\u202e';
    const shown = plain({
      msg: evil,
      [evil]: evil,
      list: [evil],
      error: { name: evil, message: evil, stack: `Error\n    at ${evil}` },
    });
    // oxlint-disable-next-line no-control-regex -- control characters are the subject
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(shown.split('\n').filter((one) => one.startsWith('INFO'))).toEqual([]);
  });

  it('is coloured on request only, and shows the same text', () => {
    const fields = { level: 'warn', msg: 'careful', n: 1 };
    const coloured = readableLine(line(fields), true);
    expect(coloured).toContain('\u001b[33m');
    // oxlint-disable-next-line no-control-regex -- the codes of colours
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain(fields));
  });

  it('bounds long values, and shows text that is no JSON as text', () => {
    expect(plain({ msg: 'x', value: 'y'.repeat(100_000) }).length).toBeLessThan(3_000);
    expect(readableLine('not\u001bJSON\n', true)).toBe('not\\x1bJSON\n');
    expect(readableLine('null\n', true)).toBe('null\n');
  });
});
