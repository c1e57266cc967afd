// A copy of the tree for releasing, so that versions, changelogs and builds of a rehearsal never touch the tree itself.
// Installed packages are shared by links; the workspace's own packages come from the copy.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A package of the workspace, from the root of the tree. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly isPrivate: boolean;
}

/**
 * Copies all tracked and untracked files except ignored ones, in their state on the disk, and links the installed
 * packages.
 */
export function copyTree(root: string, copy: string): void {
  for (const file of filesOf(root)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { verbatimSymlinks: true });
  }
  const packages = packagesOf(copy);
  linkInstalled(root, copy, '.');
  for (const { folder } of packages) linkInstalled(root, copy, folder);
  for (const { name, folder } of packages) {
    const link = join(copy, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(copy, folder), link, 'junction');
  }
}

/** Makes the copy a repository with one commit: changelogs name the commits of their changesets. */
export function commitCopy(copy: string): void {
  const identity = [
    '-c',
    'user.name=rehearsal',
    '-c',
    'user.email=rehearsal@localhost',
    '-c',
    'commit.gpgsign=false',
  ];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '--no-verify', '-m', 'as it stands'],
  ]) {
    execFileSync('git', args, { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/** Every package of a workspace, according to its present manifests. */
export function packagesOf(root: string): readonly WorkspacePackage[] {
  const { workspaces } = manifestOf(root) as { readonly workspaces: readonly string[] };
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  });
  return folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const { name, version, private: isPrivate } = manifestOf(join(root, folder));
      return { folder, name: String(name), version: String(version), isPrivate: isPrivate === true };
    });
}

/**
 * Removes provenance from the manifests of the copy: only a CI service known to the registry can provide it, and npm
 * refuses to publish without it elsewhere. `npm run check` checks that each package requests provenance.
 */
export function withoutProvenance(copy: string): void {
  for (const { folder } of packagesOf(copy)) {
    const manifest = manifestOf(join(copy, folder));
    const { provenance: _, ...publishConfig } = {
      ...(manifest['publishConfig'] as object),
      provenance: undefined,
    };
    const text = JSON.stringify({ ...manifest, publishConfig }, undefined, 2);
    writeFileSync(join(copy, folder, 'package.json'), `${text}\n`);
  }
}

function filesOf(root: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
}

function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
}

/** Links everything that is installed in a folder except the workspace's own packages. */
function linkInstalled(root: string, copy: string, folder: string): void {
  const [from, to] = [join(root, folder, 'node_modules'), join(copy, folder, 'node_modules')];
  if (!existsSync(from)) return;
  const own = new Set(packagesOf(copy).map(({ name }) => name));
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === '@millrace' || name === '.cache' || own.has(name)) continue;
    symlinkSync(join(from, name), join(to, name), 'junction');
  }
}
