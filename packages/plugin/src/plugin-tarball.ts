// A plugin as npm packs the plugin: its files, and its manifest. A folder is packed first, by npm and with the scripts
// of the package, as a release would.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createPackageFromTarballData, type Package } from '@arethetypeswrong/core';
import { type PluginManifest, readManifest } from './plugin-manifest.ts';
import type { TarEntry } from './tar-entries.ts';
import { entriesWithinBounds, TARBALL_BOUNDS } from './tarball-bounds.ts';

const run = promisify(execFile);
/** The permitted output of a package's own scripts. */
const OUTPUT_BYTES_MAX = 64 * 1_024 * 1_024;
const PACK_TIMEOUT_MS = 300_000;

/** The input of checks. */
export interface PluginTarball {
  readonly bytes: Uint8Array;
  readonly manifest: PluginManifest;
  /** Paths of all files, in the package's folder. */
  readonly files: readonly string[];
  /** All packed files, as npm would unpack the tarball. */
  readonly entries: readonly TarEntry[];
  /** For the checks of types. */
  readonly typed: Package;
  /** The text of a file; undefined when the package has no file of that name. */
  readonly text: (path: string) => string | undefined;
}

/**
 * Packs a folder, or reads a packed tarball.
 *
 * @throws Error when neither exists, or when packing fails, with the message of npm.
 */
export async function openPlugin(path: string): Promise<PluginTarball> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new Error(`expected a package's folder or tarball, there is nothing at ${path}`);
  if (found.isDirectory()) return readTarball(await pack(path));
  if (!found.isFile()) throw new Error(`expected a package's folder or tarball, ${path} is neither`);
  if (found.size > TARBALL_BOUNDS.packedBytes) {
    throw new Error(
      `expected a tarball of at most ${TARBALL_BOUNDS.packedBytes} bytes, ${path} has ${found.size}`,
    );
  }
  return readTarball(await readFile(path));
}

/**
 * Reads a tarball within `TARBALL_BOUNDS`.
 *
 * @throws Error when the bytes are not a package, or exceed a bound.
 */
export function readTarball(bytes: Uint8Array): PluginTarball {
  const entries = entriesWithinBounds(bytes);
  const manifest = readManifest(manifestText(entries));
  const typed = createPackageFromTarballData(bytes);
  const root = `/node_modules/${typed.packageName}/`;
  const text = (path: string): string | undefined => typed.tryReadFile(root + path);
  const files = typed.listFiles().map((file) => file.slice(root.length));
  return { bytes, manifest, files, entries, typed, text };
}

/** The last manifest counts, as in unpacking the tarball. */
function manifestText(entries: readonly TarEntry[]): string {
  if (entries.length === 0) throw new Error('expected a package, the tarball is empty');
  const folder = folderOf(entries);
  const found = entries.findLast(({ path, kind }) => kind === 'file' && path === `${folder}package.json`);
  if (found !== undefined) return Buffer.from(found.bytes).toString();
  throw new Error(`expected a package, there is no ${folder}package.json in the tarball`);
}

/** The common folder of all entries, with its slash: `package/` in tarballs of npm. Empty without a common folder. */
export function folderOf(entries: readonly TarEntry[]): string {
  const [first] = entries;
  return first === undefined ? '' : first.path.slice(0, first.path.indexOf('/') + 1);
}

async function pack(folder: string): Promise<Uint8Array> {
  if ((await stat(join(folder, 'package.json')).catch(() => undefined)) === undefined) {
    throw new Error(`expected a package, there is no package.json in ${resolve(folder)}`);
  }
  const target = await mkdtemp(join(tmpdir(), 'millrace-plugin-'));
  try {
    await npm(['pack', '--pack-destination', target], folder);
    const [name] = await readdir(target);
    if (name === undefined) throw new Error('npm pack wrote no tarball');
    return await readFile(join(target, name));
  } finally {
    await rm(target, { recursive: true });
  }
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const options = {
    cwd,
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: PACK_TIMEOUT_MS,
    shell: process.platform === 'win32',
  };
  try {
    await run('npm', [...args], options);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`npm ${args[0]} failed\n${stdout}${stderr}`, { cause: error });
  }
}
