// The package of docs/guides/write-a-plugin.md can be published: the test writes the blocks of the page, has npm build and
// pack the package with the scripts of the manifest, and validates the tarball like a reader of the guide.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CHECKPOINT_STORE_KIT,
  type CheckpointStoreSubject,
  type ConformanceReport,
  renderReport,
  runKit,
  sourceDigest,
} from '@millrace/testing/conformance';
import { openPlugin, validatePlugin } from 'millrace-plugin';
import { describe, expect, it } from 'vitest';
import { examplesOf } from './guide-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const template = join(root, 'packages/create-receiver/template');
/** Inside the tree, so that npm finds the compiler and the compiler finds the packages. */
const folder = join(root, 'tools/guides/.package');
const guide = readFileSync(join(root, 'docs/guides/write-a-plugin.md'), 'utf8');
const blocks = examplesOf('write-a-plugin.md', guide);
const [, manifestText = ''] = /^```json\n([\s\S]*?)^```$/m.exec(guide) ?? [];
const LIMIT_MS = 120_000;

function write(file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The results of `npm run conformance`, without a test framework. */
async function results(): Promise<ConformanceReport> {
  const { name, version } = JSON.parse(manifestText) as { readonly name: string; readonly version: string };
  const { subject } = (await import(pathToFileURL(join(folder, 'test/subject.ts')).href)) as {
    readonly subject: CheckpointStoreSubject;
  };
  const checks = await runKit(CHECKPOINT_STORE_KIT, subject);
  const sources = blocks
    .filter(({ file }) => file?.startsWith('src/') === true)
    .map(({ file = '', code }) => ({ path: file, text: code }));
  const { port, version: kitVersion, spec, notCheckable } = CHECKPOINT_STORE_KIT;
  const run = { port, name: subject.name ?? port, kitVersion, spec, checks, notCheckable };
  return { package: name, version, runs: [{ ...run, sources: sourceDigest(sources) ?? '' }] };
}

function writePackage(): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { file, code } of blocks) if (file !== undefined) write(file, code);
  write('package.json', manifestText);
  write('LICENSE', readFileSync(join(root, 'LICENSE'), 'utf8'));
  write('tsconfig.build.json', readFileSync(join(template, 'tsconfig.build.json'), 'utf8'));
  const config = JSON.parse(readFileSync(join(template, '_tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: object;
  };
  // In the tree the packages are sources; a reader installs published packages.
  const compilerOptions = { ...config.compilerOptions, customConditions: ['millrace:source'] };
  write('tsconfig.json', JSON.stringify({ ...config, compilerOptions }));
}

describe('the package of the guide to plugins', () => {
  it('can be packed and passes every check before a release', { timeout: LIMIT_MS }, async () => {
    writePackage();
    const report = await results();
    const [program = ''] = blocks.filter(({ file }) => file === 'src/index.ts').map(({ code }) => code);
    write('conformance.json', JSON.stringify(report));
    write('README.md', `# ${report.package}\n\n\`\`\`ts\n${program}\`\`\`\n\n${renderReport(report)}\n`);
    const outcomes = await validatePlugin(await openPlugin(folder));
    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes.filter(({ problems }) => problems.length > 0)).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
});
