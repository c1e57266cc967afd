import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filledText, optionGroup, required, wholeNumber } from '@millrace/core/engine';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { optionFields } from './option-fields.ts';
import { OPTION_SETS } from './option-sets.ts';
import { hasOptionTables, withOptionTables } from './option-tables.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '' && hasOptionTables(read(name)));

it.each(pages)('%s has the tables of today (else run tools/options/render.ts)', async (page) => {
  const renewed = withOptionTables(read(page), OPTION_SETS, read);
  const file = join(ROOT, page);
  expect(read(page)).toBe(await format(renewed, { ...(await resolveConfig(file)), filepath: file }));
});

it('shows every set of options on some page', () => {
  const shown = pages.flatMap((page) =>
    [...read(page).matchAll(/<!-- options: begin ([\w.-]+) -->/g)].map(([, name]) => name),
  );
  expect([...new Set(shown)].toSorted()).toEqual([...OPTION_SETS.keys()].toSorted());
});

it.each([...OPTION_SETS])('explains every option of %s', (_, { rules, files }) => {
  const unexplained = optionFields(rules, files.map(read)).filter(({ meaning }) => meaning === '');
  expect(unexplained).toEqual([]);
});

it('takes names, types, defaults and bounds from a schema, and the meaning from doc comments', () => {
  const schema = z.strictObject({
    port: z.int().min(1).max(65_535),
    host: z.string().min(1).default('127.0.0.1'),
    mode: z.enum(['skip', 'stop']).optional(),
    columns: z.array(z.string()).max(5).default([]),
    startAt: z.union([z.string(), z.number()]).optional(),
    tls: z.strictObject({ certFile: z.string(), keyFile: z.string().optional() }).optional(),
  });
  const source = `
    /** The TCP port. */
    port: z.int(),
    /** The name or address. Default: this machine. */
    host: z.string(),
    /**
     * The reaction to a long line, as in \`a | b\`; default
     * \`skip\`.
     */
    mode: z.enum(),
  `;
  expect(optionFields(schema, [source])).toEqual([
    {
      name: 'port',
      type: 'whole number',
      fallback: 'required',
      bounds: '1 to 65,535',
      meaning: 'The TCP port.',
    },
    { name: 'host', type: 'text', fallback: "`'127.0.0.1'`", bounds: '', meaning: 'The name or address.' },
    {
      name: 'mode',
      type: "`'skip'`, `'stop'`",
      fallback: '`skip`',
      bounds: '',
      meaning: 'The reaction to a long line, as in `a | b`.',
    },
    { name: 'columns', type: 'list: text', fallback: '`[]`', bounds: 'at most 5', meaning: '' },
    { name: 'startAt', type: 'text or number', fallback: 'none', bounds: '', meaning: '' },
    { name: 'tls', type: '`{ certFile, keyFile? }`', fallback: 'none', bounds: '', meaning: '' },
  ]);
});

it('shows the fields of an option that is an object with dotted names, behind a preprocess too', () => {
  const tls = z.strictObject({ certFile: z.string(), clientCaFile: z.string().optional() }).optional();
  const schema = z.preprocess((input) => input, z.strictObject({ tls, port: z.int() }));
  const source = `
    /** The certificate. */
    certFile: z.string(),
    /** The authorities. Default: no certificate is needed. */
    clientCaFile: z.string(),
    /** HTTPS. */
    tls: tls,
  `;
  const rows = optionFields(schema, [source]).map(({ name, fallback, meaning }) => [name, fallback, meaning]);
  expect(rows).toEqual([
    ['port', 'required', ''],
    ['tls', 'none', 'HTTPS.'],
    ['tls.certFile', 'required with `tls`', 'The certificate.'],
    ['tls.clientCaFile', 'no certificate is needed', 'The authorities.'],
  ]);
});

it('takes types, defaults and bounds from a table of rules', () => {
  const source = '/** The wait. Default 1,500: long enough. At most a day. */\n  readonly delayMs: number;';
  expect(optionFields({ delayMs: wholeNumber(1_500, 1_000) }, [source])).toEqual([
    {
      name: 'delayMs',
      type: 'whole number',
      fallback: '1,500',
      bounds: 'at least 1,000',
      meaning: 'The wait. With the default: long enough. At most a day.',
    },
  ]);
});

it('shows the fields of a group of a table with dotted names', () => {
  const source = '/** The name. */\n  readonly host: string;\n/** The way. */\n readonly tls?: Tls;';
  const rules = { tls: optionGroup('a group', { host: required(filledText('text')), port: wholeNumber(1) }) };
  const rows = optionFields(rules, [source]).map(({ name, type, fallback }) => [name, type, fallback]);
  expect(rows).toEqual([
    ['tls', '`{ host, port? }`', 'none'],
    ['tls.host', 'text', 'required with `tls`'],
    ['tls.port', 'whole number', '1'],
  ]);
});

it('escapes the bars of a cell', () => {
  const sets = new Map([['a', { rules: z.strictObject({ b: z.int() }), files: ['a.ts'] }]]);
  const page = '<!-- options: begin a -->\n<!-- options: end -->';
  expect(withOptionTables(page, sets, () => '/** As `c | d`. */ b: z')).toContain('| As `c \\| d`. |');
});

it('refuses a marker without rules', () => {
  expect(() =>
    withOptionTables('<!-- options: begin nothing -->\n<!-- options: end -->', OPTION_SETS, read),
  ).toThrow('no options named nothing');
});
