// The code of the guides is true: every `ts` block compiles as the module it is, all in one run of the compiler, and
// every one that is a program prints what the `text` block behind it shows. The rules are in CONTRIBUTING.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { asShown, examplesOf, isProgram } from './guide-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guides = join(root, 'docs/guides');
/** Inside the tree, so that imports are found; hidden, so that no tool takes it for sources. */
const written = join(root, 'tools/guides/.examples');
const LIMIT_MS = 120_000;

const pages = readdirSync(guides)
  .filter((name) => name.endsWith('.md'))
  .sort();
const examples = pages
  .flatMap((page) => examplesOf(page, readFileSync(join(guides, page), 'utf8')))
  .map((example) => ({
    ...example,
    file: join(written, `${example.place.replace('.md:', '-')}.ts`),
  }));
const programs = examples.filter(isProgram);

function run(command: string, args: readonly string[]) {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: LIMIT_MS - 5_000,
  });
  return { stdout, stderr: error === undefined ? stderr : `${stderr}\n${error.message}`, status };
}

function writeExamples(): void {
  rmSync(written, { recursive: true, force: true });
  mkdirSync(written, { recursive: true });
  for (const { file, code } of examples) writeFileSync(file, code);
  const config = { extends: '../../../tsconfig.check.json', include: ['*.ts'], exclude: [] };
  writeFileSync(join(written, 'tsconfig.json'), JSON.stringify(config));
}

/** What each program printed, by its file. */
function runPrograms(): ReadonlyMap<string, string> {
  const runner = join(root, 'tools/guides/run-examples.ts');
  const files = programs.map(({ file }) => file);
  const { stdout, stderr, status } = run(process.execPath, [
    '--conditions=millrace:source',
    runner,
    ...files,
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const parts = stdout.split('\u0001program ').slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), asShown(part.slice(end + 1))];
    }),
  );
}

describe('the guides', () => {
  it('have code that compiles', { timeout: LIMIT_MS }, () => {
    writeExamples();
    const compiler = join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin/tsc',
    );
    const { stdout, stderr } = run(process.execPath, [compiler, '-p', join(written, 'tsconfig.json')]);
    expect(`${stdout}${stderr}`).toBe('');
  });

  it('show what their programs print', { timeout: LIMIT_MS }, () => {
    writeExamples();
    const printed = runPrograms();
    const shown = (text: string | undefined) => (text ?? '').split('\n');
    expect(programs.map(({ place, file }) => [place, shown(printed.get(file))])).toEqual(
      programs.map(({ place, expected }) => [place, shown(expected)]),
    );
  });

  it('show the output of every program, and have some', () => {
    expect(programs.length).toBeGreaterThan(20);
    expect(programs.filter(({ expected }) => expected === undefined)).toEqual([]);
  });

  it('are all in the index, once', () => {
    const index = readFileSync(join(guides, 'README.md'), 'utf8');
    const links = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page).sort();
    expect(links).toEqual(pages.filter((page) => page !== 'README.md'));
  });
});
