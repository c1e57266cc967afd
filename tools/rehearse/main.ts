// `npm run rehearse`: a release, from changesets to a running application, against a registry on this machine.
//
//   copy of the tree ─► changeset version ─► build ─► changeset publish ─► registry on 127.0.0.1
//                                                                            │
//      an empty folder ◄── npm install: type-check, run ◄────────────────────┤
//      again, after one receiver was published alone ◄───────────────────────┤
//      another one ◄── docs/guides/write-a-receiver.md, to the letter ◄──────┘
//
// The tree is only read; everything else is in a temporary folder that is removed afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalRegistry } from './local-registry.ts';
import { Rehearsal } from './rehearsal.ts';
import { copyTree, packagesOf } from './working-copy.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HERE = join(ROOT, 'tools', 'rehearse');
const VERDACCIO = join(HERE, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
/** The scope of the guide's package. */
const SCOPE_OF_GUIDE = '@acme/*';

if (!existsSync(VERDACCIO)) {
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
  await stage('three packages in an empty folder type-check and run', () => rehearsal.useInEmptyFolder());
  await stage('one receiver is published alone, and runs beside the others', () =>
    rehearsal.publishOneAlone(),
  );
  await stage('the guide leads to a published receiver, to the letter', () => rehearsal.followGuide());
  await stage('the receiver of the guide runs in an application', () => rehearsal.useReceiverOfGuide());
  console.log(`rehearsed in ${((Date.now() - begunMs) / 1_000).toFixed(0)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await registry?.stop();
  rmSync(temporary, { recursive: true, force: true });
}
