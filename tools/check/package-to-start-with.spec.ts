// `millrace` re-exports the names that programs use. This test finds names that were added to a package and are missing.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { publicNames } from './public-names.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const namesOf = (index: string) => publicNames(readFileSync(`${root}${index}`, 'utf8'));
const exported = namesOf('packages/millrace/src/index.ts');
const names = new Set(exported.map(({ name }) => name));

/** Names for exporters of metrics and for pages, which use the packages themselves. */
const OF_OBSERVERS: ReadonlySet<string> = new Set([
  'BatchEvent',
  'DEFAULT_BUCKETS',
  'HistogramValue',
  'LiveBatchRow',
  'LiveSummary',
  'MetricDefinition',
  'MetricName',
  'MetricPoint',
  'METRICS',
  'MetricValues',
  'ObservedInputHistory',
  'ObservedInputs',
  'prometheusName',
  'ReceiverEvent',
  'SCHEMA_VERSION',
  'SnapshotEvent',
  'VerdictEvent',
]);
/** Names that say too little beside the names of other packages, with their longer names. */
const LONGER: Readonly<Record<string, string>> = {
  DEFAULT_PORT: 'DASHBOARD_PORT',
  LISTENING_CHANNEL: 'DASHBOARD_LISTENING_CHANNEL',
};

/** Tables of codes and schemas of options serve tools; programs have the types. */
function isForTools({ name, isType }: { readonly name: string; readonly isType: boolean }): boolean {
  return OF_OBSERVERS.has(name) || (!isType && /_ERROR_CODES$|Options(?:Schema)?$/.test(name));
}

describe('the package millrace', () => {
  it.each([
    'packages/engine/src/index.ts',
    'packages/threads/src/index.ts',
    'packages/observe/src/index.ts',
    'packages/dashboard/src/index.ts',
    'packages/receivers/http/src/index.ts',
    'packages/receivers/socket/src/index.ts',
    'packages/receivers/files/src/index.ts',
    'packages/receivers/replay/src/index.ts',
    'packages/sinks/files/src/index.ts',
    'packages/sinks/sqlite/src/index.ts',
  ])('has every name of %s for programs', (index) => {
    const isHere = (name: string): boolean => names.has(name) || names.has(LONGER[name] ?? name);
    const missing = namesOf(index).filter((name) => !isForTools(name) && !isHere(name.name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('has each name once', () => {
    expect(exported).toHaveLength(names.size);
  });
});
