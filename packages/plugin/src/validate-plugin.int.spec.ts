// The command on folders that npm packs.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PluginChanges, pluginFiles } from '../test/made-plugin.ts';
import { createCommand } from './plugin-command.ts';
import type { CheckOutcome } from './plugin-check.ts';

const TIMEOUT_MS = 60_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugin-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function validate(...args: readonly string[]): Promise<{ output: string; problemCount: number }> {
  let output = '';
  let problemCount = Number.NaN;
  const command = createCommand({
    write: (text) => void (output += text),
    end: (count) => void (problemCount = count),
  });
  await command.parseAsync(['validate', folder, ...args], { from: 'user' });
  return { output, problemCount };
}

async function write(changes: PluginChanges = {}): Promise<void> {
  for (const [path, text] of pluginFiles(changes)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

describe('millrace-plugin validate', () => {
  it('reports nothing for a good plugin', { timeout: TIMEOUT_MS }, async () => {
    await write();
    const { output, problemCount } = await validate();
    expect(output).toMatch(/^(?:ok .*\n){11}@acme\/receiver-wind@1\.2\.3: ready for publishing\n$/);
    expect(problemCount).toBe(0);
  });

  it('finds missing exports and types in the packed folder', { timeout: TIMEOUT_MS }, async () => {
    // The files are in the folder, and excluded from the package.
    await write({ manifest: { files: ['src', 'conformance.json'] } });
    const { output, problemCount } = await validate('--json');
    const { outcomes } = JSON.parse(output) as { readonly outcomes: readonly CheckOutcome[] };
    const failed = outcomes.filter(({ problems }) => problems.length > 0).map(({ id }) => id);
    expect(failed).toEqual(['exports', 'types']);
    expect(problemCount).toBeGreaterThan(1);
  });

  it('finds a CommonJS module in an ES package', { timeout: TIMEOUT_MS }, async () => {
    await write({ files: { 'dist/index.js': 'module.exports = { wind: 1 };\n' } });
    expect((await validate()).output).toMatch(/FAILED exports.*\n.*- /);
  });

  it('requires a package', async () => {
    await expect(validate()).rejects.toThrow(/there is no package.json in/);
  });

  it('reports the message of npm when packing fails', { timeout: TIMEOUT_MS }, async () => {
    await write({
      manifest: { scripts: { prepack: 'node -e "console.error(\'no compiler\');process.exit(3)"' } },
    });
    await expect(validate()).rejects.toThrow(/npm pack failed[\s\S]*no compiler/);
  });
});
