// Compares the list of mutants in the README with the output of `npm run mutants -- --table`.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../src/mutants/index.ts';
import { mutantTable, TABLE_BEGIN, TABLE_END } from '../src/mutants/mutant-table.ts';
import { isSimulated, readSightings } from '../src/mutants/sightings.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The cells of each row; a formatter may have changed the spaces between cells. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\|[ -]+\|[ |-]*$/.test(line))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .join('|'),
    );

describe('the list of mutants', () => {
  it('in the README equals the list of the sources and sightings', () => {
    const [, rest = ''] = readme.split(TABLE_BEGIN);
    const [table = ''] = rest.split(TABLE_END);
    expect(rowsOf(table)).toEqual(rowsOf(mutantTable(MUTANTS)));
  });

  it('has at least 45 mutants, of every package with a promise', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(45);
    const files = MUTANTS.flatMap(({ patches }) => patches.map(({ file }) => file));
    const inEngine = [
      'receiving',
      'tracking',
      'batches',
      'checkpoint',
      'dstream',
      'driver',
      'event-time',
      'executor',
      'graph',
      'jobs',
      'rdd',
      'state',
      'windows',
    ];
    const inCore = ['codec', 'checkpoint', 'time', 'node', 'options', 'memory'];
    const sources = ['http', 'socket', 'files', 'replay'].map((source) => `receivers/${source}/`);
    const places = [
      ...inEngine.map((part) => `engine/src/${part}/`),
      ...inCore.map((part) => `core/src/${part}/`),
      ...sources,
      'wal/',
      'remote/',
      'scheduling/',
      'sinks/files/',
      'sinks/sqlite/',
    ];
    expect(places.filter((place) => !files.some((file) => file.startsWith(place)))).toEqual([]);
  });

  it('records sightings only of mutants that the simulation should detect', () => {
    const simulated = new Set(MUTANTS.filter(isSimulated).map(({ name }) => name));
    expect(Object.keys(readSightings()).filter((name) => !simulated.has(name))).toEqual([]);
  });
});
