// Runs the finder of a mutant in separate processes. A test finder also runs once without the mutant: a file that fails
// anyway finds nothing.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyChange } from '../source-patches.ts';
import type { Mutant, SimulationFinder, TestFinder } from './mutant.ts';
import type { Sighting } from './sightings.ts';

/** The result of a search. */
export interface Search {
  readonly isFound: boolean;
  /** True when the search did not come to its end, for instance because a process was killed: nothing is known. */
  readonly isUnknown?: true;
  /** The seed and the broken promise, or the title of the test; otherwise the problem. */
  readonly by: string;
}

/** The options of a search. */
export interface SearchOptions {
  /** The number of parallel processes of the simulation. */
  readonly jobs: number;
  /** Overrides the number of seeds of the mutant's finder. */
  readonly seeds?: number | undefined;
}

const SEEDS_BY_DEFAULT = 500;
const PACKAGES = new URL('../../../', import.meta.url);
const ROOT = fileURLToPath(new URL('../', PACKAGES));
const SIMULATION = fileURLToPath(new URL('../main.ts', import.meta.url));
const TEST_CONFIG = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));
const HOOK = new URL('./hook.ts', import.meta.url).href;
/** A seed that does not finish in time is not a finding: the machine may be slow. */
const BROKEN = /^seed (\S+) BROKEN (.+?) at \d+ ms: (?!the worker process ended)(.*)$/m;

/** Searches for a mutant. @throws when the place of one of its patches is missing. */
export async function findMutant(mutant: Mutant, options: SearchOptions): Promise<Search> {
  assertApplies(mutant);
  const { finder } = mutant;
  return finder.kind === 'simulation' ? simulate(mutant, finder, options) : runTests(mutant.name, finder);
}

/**
 * Lets the simulation alone search for a mutant, in at most this many seeds from 1 on: with the faults and plan parts
 * named by the mutant, otherwise as drawn by the seeds. Any broken promise counts.
 *
 * @throws when the seed breaks a promise without the mutant as well, because such a seed proves nothing.
 */
export async function sightMutant(
  mutant: Mutant,
  { jobs, seeds }: Required<SearchOptions>,
): Promise<Sighting> {
  assertApplies(mutant);
  const { shows, finder } = mutant;
  const { faults, forced } = shows ?? (finder.kind === 'simulation' ? finder : {});
  const asked = { ...(faults && { faults }), ...(forced && { forced }) };
  const { by } = await simulate(mutant, { kind: 'simulation', ...asked }, { jobs, seeds });
  const [line, seed, promise] = BROKEN.exec(by) ?? [];
  if (line === undefined && by !== 'no seed') throw new Error(`${mutant.name}: ${by}`);
  if (line === undefined) return { seed: null, promise: null, seeds: Number(seeds) };
  const control = await simulate(
    { ...mutant, name: '' },
    { kind: 'simulation', from: Number(seed), ...asked },
    { jobs: 1, seeds: 1 },
  );
  if (control.isFound) throw new Error(`without ${mutant.name} as well: ${control.by}`);
  return { seed: Number(seed), promise: promise ?? null, seeds: Number(seeds) };
}

/** Applies every patch of a mutant to the current sources. @throws when the place of a patch is missing. */
export function assertApplies({ patches }: Pick<Mutant, 'patches'>): void {
  const sources = new Map<string, string>();
  for (const patch of patches) {
    const source = sources.get(patch.file) ?? readFileSync(new URL(patch.file, PACKAGES), 'utf8');
    sources.set(patch.file, applyChange(source, patch));
  }
}

/** `name` is empty for the unchanged engine. */
async function simulate(
  { name, world = 'machine' }: Pick<Mutant, 'name' | 'world'>,
  { faults, forced, seeds = SEEDS_BY_DEFAULT, from = 1, promises }: SimulationFinder,
  { jobs, seeds: asked }: SearchOptions,
): Promise<Search> {
  const { code, text } = await run([
    '--conditions=millrace:source',
    SIMULATION,
    `--world=${world}`,
    ...(name === '' ? [] : [`--mutant=${name}`]),
    `--seeds=${asked ?? seeds}`,
    `--from=${from}`,
    `--jobs=${jobs}`,
    '--failures=1',
    ...(forced === undefined ? [] : [`--force=${JSON.stringify(forced)}`]),
    ...(faults ?? []).flatMap((kind) => ['--fault', kind]),
  ]);
  const [line, , promise = ''] = BROKEN.exec(text) ?? [];
  if (line === undefined && code === 0) return { isFound: false, by: 'no seed' };
  if (line === undefined) return unknown(`exit code ${code}: ${text.trim()}`);
  const isMeant = promises === undefined || promises.includes(promise);
  return { isFound: isMeant, by: isMeant ? line : `another promise than ${promises.join(', ')}: ${line}` };
}

const controls = new Map<string, Promise<TestReport>>();

async function runTests(name: string, finder: TestFinder): Promise<Search> {
  const control = await (controls.get(finder.file) ?? remembered(finder));
  if (!control.isGreen) return unknown(`${finder.file} fails without the mutant`);
  const { isGreen, firstFailed } = await report(finder, name);
  if (firstFailed !== undefined) return { isFound: true, by: firstFailed };
  return isGreen
    ? { isFound: false, by: `no test of ${finder.file}` }
    : unknown(`${finder.file} could not be loaded`);
}

function unknown(by: string): Search {
  return { isFound: false, isUnknown: true, by };
}

function remembered(finder: TestFinder): Promise<TestReport> {
  const control = report(finder, '');
  controls.set(finder.file, control);
  return control;
}

interface TestReport {
  readonly isGreen: boolean;
  readonly firstFailed: string | undefined;
}

async function report({ file, project }: TestFinder, mutant: string): Promise<TestReport> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-mutant-'));
  try {
    const output = join(folder, 'report.json');
    const { code } = await run(
      [
        vitest(),
        'run',
        `--config=${TEST_CONFIG}`,
        `--root=${ROOT}`,
        '--reporter=json',
        `--outputFile=${output}`,
        ...(project === undefined ? [] : ['--project', project]),
        file,
      ],
      // Processes started by a test load the mutant as well.
      { MILLRACE_MUTANT: mutant, ...(file.includes('.int.') ? { NODE_OPTIONS: `--import=${HOOK}` } : {}) },
    );
    const { testResults = [], numTotalTests = 0 } = await readReport(output);
    const failed = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .find(({ status }) => status === 'failed');
    return { isGreen: code === 0 && numTotalTests > 0, firstFailed: failed?.fullName };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly numTotalTests?: number;
  readonly testResults?: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

async function readReport(file: string): Promise<VitestReport> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return JSON.parse(text) as VitestReport;
}

function vitest(): string {
  const manifest = createRequire(import.meta.url).resolve('vitest/package.json');
  return join(dirname(manifest), 'vitest.mjs');
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env } });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}
