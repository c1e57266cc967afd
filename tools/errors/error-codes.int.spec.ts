import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCodes, loadMentions, ROOT, type CodeEntry, type CodeMention } from './error-tables.ts';
import { ERRORS_PAGE, renderErrorsPage } from './errors-page.ts';

describe('error codes', () => {
  let codes: readonly CodeEntry[];
  let mentions: readonly CodeMention[];
  beforeAll(async () => {
    [codes, mentions] = await Promise.all([loadCodes(), loadMentions()]);
  });

  it('are found', () => {
    expect(codes.map(({ code }) => code)).toContain('MR_CONFIG_INVALID_OPTION');
    expect(mentions.map(({ code }) => code)).toContain('MR_CONFIG_INVALID_OPTION');
  });

  it('are in a table wherever a source names a code', () => {
    const known = new Set(codes.map(({ code }) => code));
    const unknown = mentions
      .filter(({ code }) => !known.has(code))
      .map(({ code, file }) => `${code} in ${file}`);
    expect(unknown).toEqual([]);
  });

  it('are used wherever a table has a code', () => {
    // A contract that names a code counts as a use: implementations of the port use the code.
    const isUse = ({ file, form }: CodeMention) =>
      form === 'quoted' || file.startsWith('packages/core/src/contracts/');
    const used = new Set(mentions.filter(isUse).map(({ code }) => code));
    const unused = codes.filter(({ code }) => !used.has(code)).map(({ code, file }) => `${code} in ${file}`);
    expect(unused).toEqual([]);
  });

  it('are in one table only', () => {
    const places = Map.groupBy(codes, ({ code }) => code);
    const repeated = [...places].filter(([, entries]) => entries.length > 1).map(([code]) => code);
    expect(repeated).toEqual([]);
  });

  it('have the form of codes, and a meaning without capital and full stop', () => {
    const odd = codes.filter(
      ({ code, meaning }) =>
        !/^MR_[A-Z0-9]+(_[A-Z0-9]+)+$/.test(code) || !/^(?![A-Z][a-z]).*[^.]$/.test(meaning),
    );
    expect(odd).toEqual([]);
  });

  it('are on the reference page, which is up to date', async () => {
    const page = await readFile(join(ROOT, ERRORS_PAGE), 'utf8').catch(() => '');
    // If this fails: node --conditions=millrace:source tools/errors/render.ts
    expect(page).toBe(renderErrorsPage(codes));
  });
});

describe('renderErrorsPage', () => {
  it('begins with the core package and sorts by name', () => {
    const entry = { disposition: 'retry', meaning: 'it is late', file: 'x-errors.ts' } as const;
    const page = renderErrorsPage([
      { ...entry, code: 'MR_A_B', packageName: '@millrace/aaa' },
      { ...entry, code: 'MR_X_Z', packageName: '@millrace/core' },
      { ...entry, code: 'MR_X_Y', packageName: '@millrace/core' },
    ]);
    expect(page.match(/^#{2,3} .*/gm)).toEqual([
      '## @millrace/core',
      '### MR_X_Y',
      '### MR_X_Z',
      '## @millrace/aaa',
      '### MR_A_B',
    ]);
    expect(page).toContain('It is late.\n\nDisposition: `retry`.');
  });
});
