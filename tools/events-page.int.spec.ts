// docs/reference/events.md describes every event with its fields. This test compares the page with the contract, so that no
// event and no field can be added, renamed or removed without a change of the page.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const page = read('docs/reference/events.md');
const types = interfacesIn(
  ...['streaming-listener', 'messages', 'left-out-records', 'serialized-error'].map(
    (name) => `packages/core/src/contracts/${name}.ts`,
  ),
  'packages/engine/src/listening/stats-report-listener.ts',
);
const events = [
  ...(types.get('StreamingEvents')?.body ?? '').matchAll(/^ {2}'([\w:-]+)': \{ ([^}]+) \};$/gm),
].map(([, name = '', content = '']) => ({ name, content: `{ ${content.replaceAll('readonly ', '')} }` }));

interface Interface {
  readonly body: string;
  readonly base: string | undefined;
}

function interfacesIn(...files: readonly string[]): ReadonlyMap<string, Interface> {
  const found = files.flatMap((file) => [
    ...read(file).matchAll(/^export interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm),
  ]);
  return new Map(found.map(([, name = '', base, body = '']) => [name, { body, base }]));
}

/** The fields of a type with those of its base; an optional field ends with `?`. */
function fieldsOf(name: string): readonly string[] {
  const type = types.get(name);
  if (type === undefined) return [];
  const own = [...type.body.matchAll(/^ {2}readonly (\w+\??): /gm)].map(([, field = '']) => field);
  return [...(type.base === undefined ? [] : fieldsOf(type.base)), ...own];
}

/** The types of event contents, with the types of all fields. */
function typesOfEvents(): readonly string[] {
  const reached = new Set(['StreamingEvents']);
  for (const name of reached) {
    const { body = '', base = '' } = types.get(name) ?? {};
    const code = body.replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    for (const word of `${code} ${base}`.match(/\b[A-Z]\w+/g) ?? []) if (types.has(word)) reached.add(word);
  }
  const bases = new Set([...reached].map((name) => types.get(name)?.base));
  return [...reached].filter((name) => name !== 'StreamingEvents' && !bases.has(name));
}

/** The rows of the table below a heading of the page: the cells, without the head. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, after = ''] = page.split(`\n### \`${heading}\`\n`);
  const [section = ''] = after.split(/^#/m);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

const described = [...typesOfEvents(), 'StatsReportListenerDeps', 'DelayDistribution'];

describe('the page of events', () => {
  it('has every event of the contract with its content, once', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+:[a-z-]+)` +\| `([^`]+)` +\| (.+?) +\|$/gm)];
    const sorted = (names: readonly string[]) => names.toSorted();
    expect(events.length).toBeGreaterThan(10);
    expect(sorted(rows.map(([, name, content]) => `${name} ${content}`))).toEqual(
      sorted(events.map(({ name, content }) => `${name} ${content}`)),
    );
  });

  it('describes every type that the events are made of, and no other', () => {
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name = '']) => name);
    expect(headings.toSorted()).toEqual(described.toSorted());
  });

  it.each(described)('has every field of %s, with a meaning', (name) => {
    const rows = rowsBelow(name);
    expect(rows.map(([, field]) => field).toSorted()).toEqual(
      fieldsOf(name)
        .map((field) => `\`${field}\``)
        .toSorted(),
    );
    expect(rows.filter(([, , , meaning]) => meaning === '')).toEqual([]);
  });

  it('has units that fit the names of the fields', () => {
    const units = described.flatMap(rowsBelow).map(([, field = '', unit = '']) => [field, unit]);
    const odd = units.filter(
      ([field = '', unit = '']) =>
        (/(?:Ms|Time)\??`$/.test(field) && !/^(?:wall )?ms$/.test(unit)) ||
        (/Bytes\??`$/.test(field) && unit !== 'bytes') ||
        (/recordCount|totalCount|leftOutRecords/.test(field) && unit !== 'records'),
    );
    expect(odd).toEqual([]);
  });

  it('has the channel of every event, in the order of the engine', () => {
    const source = read('packages/engine/src/listening/diagnostics-channels.ts');
    const channels = [...source.matchAll(/channel\('(millrace:[\w:-]+)'\)/g)].map(([, name]) => name);
    const shown = [...page.matchAll(/^millrace:.*$/gm)].map(String);
    expect(shown).toEqual(channels);
    expect(channels.toSorted()).toEqual(events.map(({ name }) => `millrace:${name}`).toSorted());
  });
});
