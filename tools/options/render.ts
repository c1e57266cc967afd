// Renews the tables of options: node --conditions=millrace:source tools/options/render.ts
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { OPTION_SETS } from './option-sets.ts';
import { hasOptionTables, withOptionTables } from './option-tables.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' });
for (const page of pages.split('\n').filter((name) => name !== '' && hasOptionTables(read(name)))) {
  const renewed = withOptionTables(read(page), OPTION_SETS, read);
  writeFileSync(page, await format(renewed, { ...(await resolveConfig(page)), filepath: page }));
  console.log(page);
}
