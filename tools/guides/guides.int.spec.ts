// The code of the guides, the READMEs and the reference is true: every `ts` block compiles as a module, all in one run
// of the compiler, and every program prints the `text` block behind the code. The rules are in CONTRIBUTING.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { asShown, examplesOf, type GuideExample, isRun, strayFences } from './guide-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guides = join(root, 'docs/guides');
/** Inside the tree, so that imports are found; hidden, so that no tool treats the folder as sources. */
const written = join(root, 'tools/guides/.examples');
const LIMIT_MS = 120_000;
/** `npm run rehearse` executes this guide, including its files and applications. */
const REHEARSED = 'docs/guides/write-a-receiver.md';
/**
 * Packages in imports of READMEs that are installed nowhere: the templates of `create-millrace-receiver`, and packages of
 * tests.
 */
const TEMPLATES = {
  'receiver-sample-feed': ['../../../packages/create-receiver/template/src/index.ts'],
  'receiver-sample-queue': ['../../../packages/create-receiver/template-acknowledging/src/index.ts'],
  '@acme/receiver-http-poll': ['../../../packages/plugin/test/clients/http-poll/src/index.ts'],
  '@acme/receiver-mqtt-topic': ['../../../packages/plugin/test/clients/mqtt-topic/src/index.ts'],
  '@acme/receiver-redis-stream': ['../../../packages/plugin/test/clients/redis-stream/src/index.ts'],
};

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^docs\/(?:guides|reference)\/.*\.md$|(?:^|\/)README\.md$/.test(file))
  .sort();
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const examples = pages
  .filter((page) => page !== REHEARSED)
  .flatMap((page) =>
    examplesOf(page, textOf(page)).map((example) => ({ ...example, file: fileOf(page, example) })),
  );
const programs = examples.filter(isRun);

function run(command: string, args: readonly string[]) {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: LIMIT_MS - 5_000,
  });
  return { stdout, stderr: error === undefined ? stderr : `${stderr}\n${error.message}`, status };
}

/** Each page has a folder, in which blocks with a name import each other. */
function fileOf(page: string, { place, file }: GuideExample): string {
  const folder = page.replace(/\.md$/, '').replaceAll('/', '-');
  return join(written, folder, file ?? `line-${place.replace(/^.*:/, '')}.ts`);
}

function writeExamples(): void {
  rmSync(written, { recursive: true, force: true });
  mkdirSync(written, { recursive: true });
  for (const { file, code } of examples) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  const config = {
    extends: '../../../tsconfig.check.json',
    compilerOptions: { paths: TEMPLATES },
    include: ['**/*.ts'],
    exclude: [],
  };
  writeFileSync(join(written, 'tsconfig.json'), JSON.stringify(config));
}

/** The output of each program, by its file. */
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

describe('the code in documents', () => {
  it('compiles', { timeout: LIMIT_MS }, () => {
    writeExamples();
    const compiler = join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin/tsc',
    );
    const { stdout, stderr } = run(process.execPath, [compiler, '-p', join(written, 'tsconfig.json')]);
    expect(`${stdout}${stderr}`).toBe('');
  });

  it('prints the text behind the code', { timeout: LIMIT_MS }, () => {
    writeExamples();
    const printed = runPrograms();
    const shown = (text: string | undefined) => (text ?? '').split('\n');
    expect(programs.map(({ place, file }) => [place, shown(printed.get(file))])).toEqual(
      programs.map(({ place, expected }) => [place, shown(expected)]),
    );
  });

  it('has the output of every program behind the program, and some programs', () => {
    expect(programs.filter(({ place }) => place.startsWith('docs/guides')).length).toBeGreaterThan(20);
    expect(programs.filter(({ place }) => place.startsWith('packages/')).length).toBeGreaterThan(3);
    expect(programs.filter(({ expected }) => expected === undefined)).toEqual([]);
  });

  it('has no block that is not compiled', () => {
    const stray = pages
      .filter((page) => page !== REHEARSED)
      .flatMap((page) => strayFences(textOf(page)).map((line) => `${page}: ${line}`));
    expect(stray).toEqual([]);
  });
});

describe('the guides', () => {
  it('are all in the index, once', () => {
    const index = readFileSync(join(guides, 'README.md'), 'utf8');
    const links = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page).sort();
    const inFolder = readdirSync(guides).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(links).toEqual(inFolder.sort());
  });
});
