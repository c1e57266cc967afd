// The tables of error codes of all packages, and the places at which sources name codes. The reference page is rendered
// from the tables, and a test compares tables, page and sources; both use this file.
import { glob, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ErrorCode } from '@millrace/core';

/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** One code of one table. */
export interface CodeEntry extends ErrorCode {
  readonly code: string;
  /** The package of the table, for instance `@millrace/core`. */
  readonly packageName: string;
  /** The file of the table, from the root of the repository. */
  readonly file: string;
}

/** A place at which a source names a code. */
export interface CodeMention {
  readonly code: string;
  /** From the root of the repository. */
  readonly file: string;
  /** `quoted`: as a text in code. `prose`: in a comment. */
  readonly form: 'quoted' | 'prose';
}

/**
 * Every code of every table: `packages/**` sources whose name ends in `-errors.ts`. A table made of other tables adds
 * nothing to these; a code that is written twice is listed twice.
 */
export async function loadCodes(): Promise<readonly CodeEntry[]> {
  const entries: CodeEntry[] = [];
  const seen = new Set<ErrorCode>();
  for (const file of (await sources()).filter(isTable)) {
    const packageName = await packageOf(file);
    const exported = (await import(pathToFileURL(join(ROOT, file)).href)) as Readonly<
      Record<string, unknown>
    >;
    for (const table of Object.values(exported)) {
      if (!isCodeTable(table)) continue;
      for (const [code, entry] of Object.entries(table)) {
        if (seen.has(entry)) continue;
        seen.add(entry);
        entries.push({ ...entry, code, packageName, file });
      }
    }
  }
  return entries;
}

/** Every mention of a code in shipped sources other than tables. */
export async function loadMentions(): Promise<readonly CodeMention[]> {
  const mentions: CodeMention[] = [];
  for (const file of (await sources()).filter((source) => !isTable(source))) {
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const match of text.matchAll(/(['"]?)\b(MR_[A-Z0-9]+(?:_[A-Z0-9]+)+)\b(?!_)(['"]?)/g)) {
      const [, before, code, after] = match;
      if (code === undefined) continue;
      mentions.push({ code, file, form: before !== '' && before === after ? 'quoted' : 'prose' });
    }
  }
  return mentions;
}

/** Shipped sources of all packages, from the root of the repository, in a fixed order. */
async function sources(): Promise<readonly string[]> {
  const files: string[] = [];
  const exclude = (name: string) => name === 'node_modules' || name === 'dist';
  for await (const file of glob('packages/**/src/**/*.ts', { cwd: ROOT, exclude })) {
    if (!/\.(spec|spec-d|bench)\.ts$/.test(file)) files.push(file.split(sep).join('/'));
  }
  return files.toSorted();
}

function isTable(file: string): boolean {
  return file.endsWith('-errors.ts');
}

function isCodeTable(value: unknown): value is Readonly<Record<string, ErrorCode>> {
  if (typeof value !== 'object' || value === null) return false;
  const codes = Object.keys(value);
  return codes.length > 0 && codes.every((code) => code.startsWith('MR_'));
}

/** The name in the package.json above a source. */
async function packageOf(file: string): Promise<string> {
  const folder = file.slice(0, file.indexOf('/src/'));
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8'));
  return (manifest as { readonly name: string }).name;
}
