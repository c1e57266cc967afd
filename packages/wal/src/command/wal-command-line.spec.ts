import { CommanderError } from 'commander';
import { MemoryStorage } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog, payload } from '../../test/open-log.ts';
import { runCommand } from '../../test/run-command.ts';
import { readCommandLine } from './wal-command-line.ts';

/** The error that commander throws for a command line. */
function refusal(...argv: readonly string[]): CommanderError {
  try {
    readCommandLine(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was taken`);
}

describe('readCommandLine', () => {
  let printed = '';

  beforeEach(() => {
    printed = '';
    const print = (text: string | Uint8Array) => (printed += String(text)) !== '';
    vi.spyOn(process.stdout, 'write').mockImplementation(print);
    vi.spyOn(process.stderr, 'write').mockImplementation(print);
  });
  afterEach(() => void vi.restoreAllMocks());

  it('runs the requested command with its options', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage);
    for (const timeMs of [0, 1_000, 2_000]) await log.write(payload('x'), timeMs);
    const argv = ['dump', '/wal', '--log', 'log', '--from', '1970-01-01T00:00:01Z', '--to', '2000'];
    const { output } = await runCommand(storage, readCommandLine([...argv, '--format', 'length']));
    expect(output).toBe('{"segment":"log/segment-000000000001.wal","offset":93,"timeMs":1000,"length":1}\n');
    for (const command of ['inspect', 'verify']) {
      const ran = await runCommand(storage, readCommandLine([command, '/wal', '--json']));
      expect(JSON.parse(ran.output)).toMatchObject({ totals: { records: 3 } });
    }
  });

  it('refuses unknown commands and options, and names the help option', () => {
    for (const argv of [
      [],
      ['look', '/wal'],
      ['verify'],
      ['verify', '/wal', '/other'],
      ['verify', '/wal', '--fast'],
      ['dump', '/wal', '--limit', '0'],
      ['dump', '/wal', '--from', 'yesterday'],
      ['dump', '/wal', '--format', 'xml'],
    ]) {
      printed = '';
      expect(refusal(...argv).exitCode).not.toBe(0);
      expect(printed).toContain('--help');
    }
  });

  it('prints help with examples for each command', () => {
    expect(refusal('--help').exitCode).toBe(0);
    expect(printed).toContain('Examples:\n  millrace-wal inspect');
    printed = '';
    expect(refusal('dump', '--help').exitCode).toBe(0);
    expect(printed).toContain('--max-content');
  });
});
