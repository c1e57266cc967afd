import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputFiles } from './output-files.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'bench-paths-'))));
afterEach(() => rmSync(directory, { recursive: true }));

describe('checkOutputFiles', () => {
  it('accepts new and existing files and creates none', () => {
    const old = join(directory, 'old.json');
    writeFileSync(old, '');
    checkOutputFiles({ '--json': old, '--html': join(directory, 'new.html'), '--md': undefined });
    expect(readdirSync(directory)).toEqual(['old.json']);
  });

  it('refuses a file in a missing directory', () => {
    expect(() => checkOutputFiles({ '--html': join(directory, 'no', 'run.html') })).toThrow(
      /--html .* the directory .*no does not exist/,
    );
  });

  it('refuses a file below a file', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => checkOutputFiles({ '--json': join(directory, 'file', 'run.json') })).toThrow('--json');
  });

  it('refuses a directory', () => {
    expect(() => checkOutputFiles({ '--json': directory })).toThrow('the path is a directory');
  });

  it('refuses one file for two reports', () => {
    const path = join(directory, 'run');
    expect(() => checkOutputFiles({ '--json': path, '--html': path })).toThrow('name the same file');
  });
});
