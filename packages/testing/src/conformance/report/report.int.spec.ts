// Tests a report from the run to the README, in a separate package in a temporary folder.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import { defineConformance } from '../kit/define-conformance.ts';
import { NotApplicable } from '../kit/not-applicable.ts';
import { withSection } from './readme-section.ts';
import { updateReadme } from './update-readmes.ts';
import type { ConformanceReport } from './conformance-report.ts';

const KIT: ConformanceKit<ConformanceRun, undefined> = {
  port: 'Example',
  version: 3,
  spec: 'docs/spec/example.md',
  checks: [
    { number: 'EX-1.1', title: 'works', look: 'it', promises: ['WAL-1'], run: async () => undefined },
    {
      number: 'EX-2.1',
      title: 'needs a | hook',
      look: 'it',
      run: async () => {
        throw new NotApplicable('the target has no hook');
      },
    },
    {
      number: 'EX-3.1',
      title: 'is nice',
      level: 'optional',
      look: 'manners',
      run: async () => {
        throw new Error('it was rude');
      },
    },
  ],
  notCheckable: [{ rule: 'EX-4', why: 'it binds the caller' }],
  withTrial: async (_, use) => use(undefined),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  await writeFile(join(folder, 'package.json'), '{"name":"example","version":"1.2.3"}');
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a kit like a test framework: each test in turn. */
async function runTests(run: ConformanceRun, kit = KIT): Promise<readonly string[]> {
  const tests: { title: string; test: (handle: { skip: () => void }) => Promise<void> }[] = [];
  const it = (title: string, test: (typeof tests)[number]['test']) => void tests.push({ title, test });
  const module = pathToFileURL(join(folder, 'a.spec.ts'));
  defineConformance({ describe: (_, define) => define(), it }, kit, { module, ...run });
  const outcomes: string[] = [];
  for (const { title, test } of tests) {
    let outcome = 'ok';
    await test({ skip: () => void (outcome = 'skipped') }).catch((error: Error) => (outcome = error.message));
    outcomes.push(`${title}: ${outcome}`);
  }
  return outcomes;
}

const leftOut = { 'EX-3.1': 'no manners here' };

describe('a conformance run', () => {
  it('reports the likely cause of a failure', async () => {
    const [, , third] = await runTests({ report: false });
    expect(third).toBe(
      'EX-3.1 is nice [optional]: EX-3.1 is nice\n' +
        '  optional by docs/spec/example.md, rule EX-3\n  look at: manners\n  found: it was rude',
    );
  });

  it('writes its results into its package, once for each implementation', async () => {
    await runTests({ report: true, name: 'second', leftOut });
    await runTests({ report: true, name: 'first', leftOut });
    expect(await runTests({ report: true, name: 'second', leftOut })).toEqual([
      'EX-1.1 works (WAL-1): ok',
      'EX-2.1 needs a | hook: skipped',
      'EX-3.1 is nice [optional]: skipped',
      'writes conformance.json: ok',
    ]);
    const text = await readFile(join(folder, 'conformance.json'), 'utf8');
    const report = JSON.parse(text) as ConformanceReport;
    expect(report).toMatchObject({ package: 'example', version: '1.2.3' });
    expect(report.runs.map(({ name, port, kitVersion }) => ({ name, port, kitVersion }))).toEqual([
      { name: 'first', port: 'Example', kitVersion: 3 },
      { name: 'second', port: 'Example', kitVersion: 3 },
    ]);
    expect(report.runs[0]?.checks.map(({ number, result, why }) => ({ number, result, why }))).toEqual([
      { number: 'EX-1.1', result: 'passed' },
      { number: 'EX-2.1', result: 'not-applicable', why: 'the target has no hook' },
      { number: 'EX-3.1', result: 'left-out', why: 'no manners here' },
    ]);
    expect(report.runs[0]?.checks[0]?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('loses no run when several runs write at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(names.map((name) => runTests({ report: true, name, leftOut })));
    const report = JSON.parse(await readFile(join(folder, 'conformance.json'), 'utf8')) as ConformanceReport;
    expect(report.runs.map(({ name }) => name)).toEqual(names);
  });

  it('refuses to leave out a required or an unknown check', async () => {
    await expect(runTests({ leftOut: { 'EX-1.1': 'too hard' } })).rejects.toThrow('cannot be left out');
    await expect(runTests({ leftOut: { 'EX-9.1': 'unknown' } })).rejects.toThrow('has no check EX-9.1');
  });

  it('fills the README on command', async () => {
    await runTests({ report: true, leftOut });
    const readme = join(folder, 'README.md');
    await writeFile(
      readme,
      '# Mine: `<!-- conformance -->`\n\n<!-- conformance -->\nold\n<!-- /conformance -->\n\nStays.\n',
    );
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const run = () => promisify(execFile)(process.execPath, ['--conditions=millrace:source', main, readme]);
    expect((await run()).stdout).toContain('updated');
    expect((await run()).stdout).toContain('is up to date');
    const text = await readFile(readme, 'utf8');
    expect(text).toMatch(
      /^# Mine: .*\n\n<!-- conformance -->\n\n<!-- prettier-ignore-start -->\n\n!\[conformance: 1 passed\]/,
    );
    expect(text).toContain('| EX-1.1 | works `WAL-1` | passed |');
    expect(text).toContain('| EX-2.1 | needs a \\| hook | does not apply: the target has no hook |');
    expect(text).toContain('| EX-3.1 | is nice | left out: no manners here |');
    expect(text).toContain(
      'Not checkable: EX-4 (it binds the caller).\n\n</details>\n\n<!-- prettier-ignore-end -->\n\n<!-- /conformance -->\n\nStays.\n',
    );
  });

  it('detects an outdated README when no report is requested', async () => {
    const tellsReadme = async (differences: ConformanceRun = {}) =>
      (await runTests({ leftOut, ...differences })).at(-1)?.replace(folder, '…');
    const title = 'matches the table in the README, if the README has one';
    expect(await tellsReadme()).toBe(`${title}: ok`);
    const readme = join(folder, 'README.md');
    await runTests({ report: true, leftOut });
    await writeFile(readme, '<!-- conformance -->\n<!-- /conformance -->\n');
    expect(await tellsReadme()).toContain('is out of date');
    await updateReadme(readme);
    expect(await tellsReadme()).toBe(`${title}: ok`);
    expect(await tellsReadme({ leftOut: { 'EX-3.1': 'another reason' } })).toContain('is out of date');
    await writeFile(readme, (await readFile(readme, 'utf8')).replaceAll('1 passed', '2 passed'));
    expect(await tellsReadme()).toContain('the badge');
    expect(await tellsReadme({ leftOut: {} })).toBe(`${title}: skipped`);
    expect((await runTests({ report: false, leftOut })).length).toBe(3);
  });

  it('asks for the marks in a README', () => {
    expect(() => withSection('# Mine', 'x')).toThrow('<!-- conformance -->');
  });
});
