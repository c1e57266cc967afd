import { describe, expect, it } from 'vitest';
import { GOOD_REPORT, madePlugin, type PluginChanges } from '../../test/made-plugin.ts';
import type { PluginCheck } from '../plugin-check.ts';
import { CONFORMANCE_RESULTS_CHECK } from './conformance-results-check.ts';
import { DEPENDENCY_CHECK } from './dependency-check.ts';
import { MANIFEST_CHECK } from './manifest-check.ts';
import { PATH_CHECK } from './path-check.ts';
import { README_MATCH_CHECK } from './readme-match-check.ts';
import { SCRIPT_CHECK } from './script-check.ts';
import { FILES_CHECK, LICENSE_CHECK, README_CHECK } from './text-check.ts';

const [RUN] = GOOD_REPORT.runs;
if (RUN === undefined) throw new Error('the good report has a run');
const reported = (change: Partial<typeof RUN>): PluginChanges => ({
  report: { ...GOOD_REPORT, runs: [{ ...RUN, ...change }] },
});
const checked = (result: 'failed' | 'not-applicable') =>
  reported({ checks: RUN.checks.map((check) => ({ ...check, result })) });

const PEER = '@millrace/core';
const PROBLEMS: readonly (readonly [PluginCheck, string, PluginChanges, RegExp])[] = [
  [MANIFEST_CHECK, 'a private package', { manifest: { private: true } }, /private is true/],
  [
    MANIFEST_CHECK,
    'a name that leads elsewhere',
    { manifest: { name: '../../x' } },
    /a name that npm accepts/,
  ],
  [MANIFEST_CHECK, 'no version', { manifest: { version: 'latest' } }, /expected a version/],
  [MANIFEST_CHECK, 'no description', { manifest: { description: 7 } }, /description is missing/],
  [MANIFEST_CHECK, 'no keyword', { manifest: { keywords: ['wind'] } }, /"millrace-plugin"/],
  [MANIFEST_CHECK, 'CommonJS', { manifest: { type: 'commonjs' } }, /ES modules/],
  [MANIFEST_CHECK, 'no oldest Node', { manifest: { engines: {} } }, /engines.node/],
  [DEPENDENCY_CHECK, 'no peer', { manifest: { peerDependencies: {} } }, /is no peer dependency/],
  [
    DEPENDENCY_CHECK,
    'core of its own',
    { manifest: { dependencies: { [PEER]: '^0.1.0' } } },
    /make it a peer/,
  ],
  [
    DEPENDENCY_CHECK,
    'an open range',
    { manifest: { peerDependencies: { [PEER]: '>=0.1.0' } } },
    /no upper end/,
  ],
  [DEPENDENCY_CHECK, 'any version', { manifest: { peerDependencies: { [PEER]: '*' } } }, /no upper end/],
  [
    DEPENDENCY_CHECK,
    'the engine',
    { manifest: { dependencies: { '@millrace/engine': '^1.0.0' } } },
    /depends only on/,
  ],
  [
    DEPENDENCY_CHECK,
    'the engine beside a connection',
    { manifest: { dependencies: { '@millrace/connection-kafka': '^1.0.0', '@millrace/engine': '^1.0.0' } } },
    /^@millrace\/engine is needed.*depends only on/,
  ],
  [
    DEPENDENCY_CHECK,
    'a folder',
    { manifest: { dependencies: { a: 'file:../a' } } },
    /no registry can resolve/,
  ],
  [
    DEPENDENCY_CHECK,
    'a workspace',
    { manifest: { dependencies: { a: 'workspace:*' } } },
    /no registry can resolve/,
  ],
  [SCRIPT_CHECK, 'an install script', { manifest: { scripts: { postinstall: 'x' } } }, /scripts.postinstall/],
  [SCRIPT_CHECK, 'a native module', { files: { 'binding.gyp': '{}' } }, /binding.gyp/],
  [LICENSE_CHECK, 'no licence', { manifest: { license: undefined } }, /SPDX name/],
  [LICENSE_CHECK, 'no permission', { manifest: { license: 'UNLICENSED' } }, /SPDX name/],
  [LICENSE_CHECK, 'no text', { files: { LICENSE: undefined } }, /no LICENSE file/],
  [README_CHECK, 'no README', { files: { 'README.md': undefined } }, /no README.md/],
  [README_CHECK, 'a README of another package', { manifest: { name: 'other' } }, /never names other/],
  [README_CHECK, 'a README without code', { files: { 'README.md': '@acme/receiver-wind' } }, /no code/],
  [FILES_CHECK, 'secrets', { files: { 'deploy/.env.local': 'A=1' } }, /deploy\/.env.local is packed/],
  [FILES_CHECK, 'keys', { files: { 'a.pem': '' } }, /a.pem is packed/],
  [
    README_MATCH_CHECK,
    'the description of the template',
    { manifest: { description: 'A receiver for Millrace' } },
    /still "A receiver for Millrace"/,
  ],
  [
    README_MATCH_CHECK,
    'an option of the template',
    { files: { 'README.md': '## Options\n\n| option | x |\n| `url` | the address |\n' } },
    /explains an option url, which the sources never name/,
  ],
  [
    README_MATCH_CHECK,
    'an option that the README leaves out',
    { files: { 'src/wind.options.ts': 'z.strictObject({\n  /** The mast. */\n  mast: z.string(),\n});\n' } },
    /does not explain the option mast/,
  ],
  [
    README_MATCH_CHECK,
    'a guarantee of the template',
    { files: { 'README.md': "`ack: 'individual'`", 'src/index.ts': "ack: 'cumulative'," } },
    /claims ack: 'individual', and the sources say 'cumulative'/,
  ],
  [
    README_MATCH_CHECK,
    'a source that is gone',
    { files: { 'README.md': '`src/acknowledging-receiver.ts` has the life' } },
    /names src\/acknowledging-receiver.ts, which is not packed/,
  ],
  [CONFORMANCE_RESULTS_CHECK, 'no results', { files: { 'conformance.json': undefined } }, /is not packed/],
  [
    CONFORMANCE_RESULTS_CHECK,
    'results of another version',
    { manifest: { version: '2.0.0' } },
    /this is .*@2.0.0/,
  ],
  [CONFORMANCE_RESULTS_CHECK, 'an empty report', { report: { ...GOOD_REPORT, runs: [] } }, /no results/],
  [
    CONFORMANCE_RESULTS_CHECK,
    'a run of another port only',
    reported({ port: 'Sink' }),
    /no run is of the receiver kit/,
  ],
  [
    CONFORMANCE_RESULTS_CHECK,
    'a changed source',
    { files: { 'src/index.ts': 'other' } },
    /not of these sources/,
  ],
  [CONFORMANCE_RESULTS_CHECK, 'a new source', { files: { 'src/more.ts': '' } }, /not of these sources/],
  [CONFORMANCE_RESULTS_CHECK, 'no sources', { files: { 'src/index.ts': undefined } }, /src is not packed/],
  [CONFORMANCE_RESULTS_CHECK, 'an older kit', reported({ kitVersion: 0 }), /ran with version 0 of the kit/],
  [CONFORMANCE_RESULTS_CHECK, 'a failure', checked('failed'), /wind fails RECEIVER-1.1: is/],
  [CONFORMANCE_RESULTS_CHECK, 'nothing proven', checked('not-applicable'), /passed no check/],
  [PATH_CHECK, 'a way out of the package', { files: { 'src/../../evil.js': '' } }, /leads out/],
  [PATH_CHECK, 'an absolute path', { files: { '/etc/cron.d/job': '' } }, /is absolute/],
  [PATH_CHECK, 'a path of Windows', { files: { 'src\\evil.js': '' } }, /backslash/],
  [PATH_CHECK, 'a terminal sequence', { files: { 'src/\u009B2J.js': '' } }, /has control characters/],
  [PATH_CHECK, 'the name of a prototype', { files: { ['__proto__/a.js']: '' } }, /__proto__/],
  [PATH_CHECK, 'a name in two cases', { files: { 'dist/INDEX.js': '' } }, /"dist\/INDEX.js" is packed twice/],
  [
    CONFORMANCE_RESULTS_CHECK,
    'a README of before',
    { files: { 'README.md': 'old' } },
    /does not show these results/,
  ],
];

const CASES = PROBLEMS.map(([check, what, changes, expected]) => ({ check, what, changes, expected }));

describe('the checks of a plugin', () => {
  it.each(CASES)('$check.id: finds $what', async ({ check, changes, expected }) => {
    expect((await check.find(madePlugin(changes))).join('\n')).toMatch(expected);
  });

  it.each([...new Set(PROBLEMS.map(([check]) => check))])(
    '$id: finds nothing in a good plugin',
    async (check) => {
      expect(await check.find(madePlugin())).toEqual([]);
    },
  );

  it.each([
    ['link', /is a link/],
    ['other', /is neither a file nor a folder/],
  ] as const)('find an entry of the kind %s', async (kind, expected) => {
    const { entries, ...plugin } = madePlugin();
    const odd = { path: 'package/odd', kind, bytes: new Uint8Array() };
    expect((await PATH_CHECK.find({ ...plugin, entries: [...entries, odd] })).join()).toMatch(expected);
  });

  it('find a file outside the folder of the package', async () => {
    const { entries, ...plugin } = madePlugin();
    const odd = { path: 'other/a.js', kind: 'file', bytes: new Uint8Array() } as const;
    expect((await PATH_CHECK.find({ ...plugin, entries: [...entries, odd] })).join()).toMatch(/one folder/);
  });

  it.each([
    [
      'a logger',
      { manifest: { keywords: ['millrace-plugin'] } },
      'provides: [Logger, StreamingListener],',
      true,
    ],
    [
      'a port with a kit',
      { manifest: { keywords: ['millrace-plugin'] } },
      'provides: [Logger, Clock],',
      false,
    ],
    ['a factory with a kit', { manifest: { keywords: [] } }, 'provides: [RateEstimatorFactory],', false],
    ['a receiver beside', { manifest: { keywords: [] } }, 'provides: [Logger], defineReceiver({', false],
    ['a package that says receiver', {}, 'provides: [Logger],', false],
    ['no port at all', { manifest: { keywords: [] } }, 'export {};', false],
  ])('need no results, and say so, of ports without a kit only: %s', async (_, changes, source, passes) => {
    const plugin = madePlugin({
      ...changes,
      files: { 'src/index.ts': source, 'conformance.json': undefined },
    });
    expect(await CONFORMANCE_RESULTS_CHECK.find(plugin)).toHaveLength(passes ? 0 : 1);
    expect(CONFORMANCE_RESULTS_CHECK.note?.(plugin)).toBe(
      passes
        ? 'Logger and StreamingListener: no conformance kit exists, so there are no results to check'
        : undefined,
    );
  });

  it('accept a README whose tables were aligned', async () => {
    const readme = (madePlugin().text('README.md') ?? '')
      .replaceAll('| ', '|    ')
      .replaceAll('---', '---------');
    expect(await CONFORMANCE_RESULTS_CHECK.find(madePlugin({ files: { 'README.md': readme } }))).toEqual([]);
  });

  it('exclude tests of the sources from the fingerprint of results', async () => {
    expect(
      await CONFORMANCE_RESULTS_CHECK.find(madePlugin({ files: { 'src/index.spec.ts': 'a test' } })),
    ).toEqual([]);
  });
});
