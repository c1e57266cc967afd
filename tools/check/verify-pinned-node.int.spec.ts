import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import recorded from '../../scripts/pinned-node.json' with { type: 'json' };
import { pinnedNodeProblem } from '../../scripts/verify-pinned-node.mjs';

describe('the pinned Node binary', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'millrace-pinned-node-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const manifest = (version: string) =>
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ optionalDependencies: { [recorded.package]: version } }),
    );

  it('is not required on platforms without one', () => {
    manifest(recorded.version);
    expect(pinnedNodeProblem(root)).toBeUndefined();
  });

  it('is refused when its hash is not the recorded one', () => {
    manifest(recorded.version);
    const binary = join(root, 'node_modules', recorded.package, recorded.binary);
    mkdirSync(dirname(binary), { recursive: true });
    writeFileSync(binary, 'another program');
    expect(pinnedNodeProblem(root)).toContain('do not run the binary');
  });

  it('needs a new record when package.json pins another version', () => {
    manifest('99.0.0');
    expect(pinnedNodeProblem(root)).toContain('record the hash of the new binary');
  });
});
