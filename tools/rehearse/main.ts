// `npm run rehearse`: a release, from changesets to a running application, against a registry on this machine.
// `npm run rehearse -- guide` and `-- pipeline` run one part of the second half.
//
//   copy of the tree ─► changeset version ─► build ─► changeset publish ─► registry on 127.0.0.1
//                                                                            │
//      an empty folder ◄── npm install: type-check, run ◄────────────────────┤
//      again, after one receiver was published alone ◄───────────────────────┤
//      another one ◄── docs/guides/write-a-receiver.md, to the letter ◄──────┤
//      another one ◄── npm create millrace, under load and kills ◄───────────┘
//
// The tree is only read; everything else is in a temporary folder that is removed afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreatedPipeline } from './created-pipeline.ts';
import { freePort, LocalRegistry } from './local-registry.ts';
import { Rehearsal } from './rehearsal.ts';
import { copyTree, packagesOf } from './working-copy.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HERE = join(ROOT, 'tools', 'rehearse');
const VERDACCIO = join(HERE, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
/** The scope of the guide's package. */
const SCOPE_OF_GUIDE = '@acme/*';

const LINTER = join(HERE, 'node_modules', 'dockerfile-utils', 'bin', 'dockerfile-utils');

if (![VERDACCIO, LINTER].every((program) => existsSync(program))) {
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: HERE,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}

const temporary = mkdtempSync(join(tmpdir(), 'millrace-rehearsal-'));
const begunMs = Date.now();
let registry: LocalRegistry | undefined;

/** One line for each stage, with its duration. */
async function stage(name: string, run: () => unknown): Promise<void> {
  const fromMs = Date.now();
  try {
    await run();
  } catch (error) {
    console.log(`FAILED ${name}`);
    throw error;
  }
  console.log(`ok     ${name} (${((Date.now() - fromMs) / 1_000).toFixed(1)} s)`);
}

/** True for a part of the rehearsal that was requested; without an argument every part is requested. */
function isAsked(part: 'guide' | 'pipeline'): boolean {
  const [asked] = process.argv.slice(2);
  return asked === undefined || asked === part;
}

async function followGuide(rehearsal: Rehearsal): Promise<void> {
  await stage('three packages in an empty folder type-check and run', () => rehearsal.useInEmptyFolder());
  await stage('one receiver is published alone, and runs beside the others', () =>
    rehearsal.publishOneAlone(),
  );
  await stage('the guide leads to a published receiver, to the letter', () => rehearsal.followGuide());
  await stage('the receiver of the guide runs in an application', () => rehearsal.useReceiverOfGuide());
}

async function createPipeline(env: NodeJS.ProcessEnv): Promise<void> {
  const port = await freePort();
  const pipeline = new CreatedPipeline({ folder: join(temporary, 'created'), env, port, linter: LINTER });
  await stage('npm create millrace and npm install make a project', () => pipeline.create());
  await stage('the project compiles, passes its tests and is built', () => pipeline.check());
  await stage('the Dockerfile is well-formed, and its steps make a runnable folder', () =>
    pipeline.buildImage(),
  );
  await stage('the pipeline survives kills under load', async () => {
    const { kills, answered } = await pipeline.surviveKills();
    console.log(`       ${kills} kills, ${answered} answered requests: none lost, none counted twice`);
  });
}

try {
  const copy = join(temporary, 'tree');
  const upstream = spawnSync('npm', ['config', 'get', 'registry'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).stdout.trim();
  await stage('the tree is copied', () => copyTree(ROOT, copy));
  await stage('a registry runs on this machine', async () => {
    registry = await LocalRegistry.start({
      folder: join(temporary, 'registry'),
      program: VERDACCIO,
      upstream,
      own: [...packagesOf(ROOT).map(({ name }) => name), SCOPE_OF_GUIDE],
    });
  });
  if (registry === undefined) throw new Error('there is no registry');
  const rehearsal = new Rehearsal({ root: ROOT, copy, temporary, registry });
  await stage('versions are made of changesets', () => rehearsal.version());
  await stage('every public package is published, and no private one', async () => {
    for (const published of await rehearsal.publish()) console.log(`       ${published}`);
  });
  if (isAsked('guide')) await followGuide(rehearsal);
  if (isAsked('pipeline')) await createPipeline(rehearsal.env);
  console.log(`rehearsed in ${((Date.now() - begunMs) / 1_000).toFixed(0)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await registry?.stop();
  rmSync(temporary, { recursive: true, force: true });
}
