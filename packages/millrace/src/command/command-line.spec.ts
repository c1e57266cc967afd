import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCommandLine } from './command-line.ts';

function refusal(...argv: readonly string[]): CommanderError {
  try {
    readCommandLine(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
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

  it('refuses unknown commands and options, and names the help option', () => {
    for (const argv of [
      [],
      ['state'],
      ['status', 'http://a', 'http://b'],
      ['status', '--fast'],
      ['top', '--every'],
      ['batch'],
      ['batch', 'yesterday'],
      ['batch', '-1'],
      ['unlock'],
      ['unlock', './data', './more'],
      ['unlock', './data', '--force'],
      ['dead-letters'],
      ['dead-letters', 'list'],
      ['dead-letters', 'list', './data', '--limit', '0'],
      ['dead-letters', 'list', './data', '--from', 'yesterday'],
      ['dead-letters', 'replay', './data'],
      ['dead-letters', 'replay', './data', '--stdout', '--header', 'x'],
    ]) {
      printed = '';
      expect(refusal(...argv).exitCode).not.toBe(0);
      expect(printed).toContain('--help');
    }
  });

  it('prints help, with examples and exit codes, and the version', () => {
    expect(refusal('--help').exitCode).toBe(0);
    expect(printed).toContain('Examples:\n  millrace status\n');
    expect(printed).toContain('Exit codes: 0 done');
    printed = '';
    expect(refusal('unlock', '--help').exitCode).toBe(0);
    expect(printed).toContain('two writers destroy a log');
    printed = '';
    expect(refusal('status', '--help').exitCode).toBe(0);
    expect(printed).toContain('Exit codes: 0 keeping up');
    printed = '';
    expect(refusal('--version').exitCode).toBe(0);
    expect(printed).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
