// The tables of options in documents: the part of a page between `<!-- options: begin NAME -->` and `<!-- options: end -->`
// is generated from the rules with the name.
import { type OptionField, optionFields, type OptionRules } from './option-fields.ts';

/** A set of options: its rules, and the files with the doc comments of its fields, from the root of the repository. */
export interface OptionSet {
  readonly rules: OptionRules;
  readonly files: readonly string[];
}

const SECTION = /(<!-- options: begin ([\w.-]+) -->\n)[^]*?(<!-- options: end -->)/g;

/** True for a page with generated tables. */
export function hasOptionTables(page: string): boolean {
  return page.includes('<!-- options: begin ');
}

/**
 * The page with every table renewed. Not formatted.
 *
 * @param read Gives the text of a file by its path from the root.
 * @throws Error for a name without rules.
 */
export function withOptionTables(
  page: string,
  sets: ReadonlyMap<string, OptionSet>,
  read: (file: string) => string,
): string {
  return page.replaceAll(SECTION, (_, begin: string, name: string, end: string) => {
    const set = sets.get(name);
    if (set === undefined)
      throw new Error(`there are no options named ${name}; see tools/options/option-sets.ts`);
    return `${begin}\n${renderTable(optionFields(set.rules, set.files.map(read)))}\n\n${end}`;
  });
}

function renderTable(fields: readonly OptionField[]): string {
  const rows = fields.map(({ name, type, fallback, bounds, meaning }) =>
    [`\`${name}\``, type, fallback, bounds, meaning]
      .map((cell) => cell.replaceAll('|', String.raw`\|`))
      .join(' | '),
  );
  return ['option | type | default | bounds | meaning', '--- | --- | --- | --- | ---', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n');
}
