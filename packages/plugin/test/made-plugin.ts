// A plugin made of texts, without packing: valid in every respect, with the changes of a test.
import { Package } from '@arethetypeswrong/core';
import { type ConformanceReport, renderReport, sourceDigest } from '@millrace/testing/conformance';
import { readManifest } from '../src/plugin-manifest.ts';
import type { PluginTarball } from '../src/plugin-tarball.ts';

const SOURCES = [{ path: 'src/index.ts', text: 'export const wind = 1;\n' }];

/** The manifest of a plugin without problems. */
export const GOOD_MANIFEST = {
  name: '@acme/receiver-wind',
  version: '1.2.3',
  description: 'Reads the wind',
  license: 'MIT',
  type: 'module',
  keywords: ['millrace-plugin', 'millrace-receiver'],
  engines: { node: '>=22.12' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  dependencies: { zod: '^4.6.7' },
  peerDependencies: { '@millrace/core': '>=0.1.0 <1.0.0' },
} as const;

/** Fresh results without failures. */
export const GOOD_REPORT: ConformanceReport = {
  package: GOOD_MANIFEST.name,
  version: GOOD_MANIFEST.version,
  runs: [
    {
      port: 'Receiver',
      name: 'wind',
      kitVersion: 1_000,
      spec: 'docs/spec/receiver.md',
      sources: sourceDigest(SOURCES) ?? '',
      checks: [
        {
          number: 'RECEIVER-1.1',
          title: 'is',
          level: 'required',
          promises: [],
          result: 'passed',
          durationMs: 1,
        },
      ],
      notCheckable: [],
    },
  ],
};

/** The changes of a test; an undefined file is omitted. */
export interface PluginChanges {
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly report?: ConformanceReport;
}

/** The files of a plugin. */
export function pluginFiles({ manifest, files, report = GOOD_REPORT }: PluginChanges = {}): Map<
  string,
  string
> {
  const readme = `# ${GOOD_MANIFEST.name}\n\n\`\`\`ts\nimport 'it';\n\`\`\`\n\n${renderReport(report)}\n`;
  const all: Readonly<Record<string, string | undefined>> = {
    'package.json': JSON.stringify({ ...GOOD_MANIFEST, ...manifest }),
    'README.md': readme,
    LICENSE: 'do what you like',
    'dist/index.js': 'export const wind = 1;\n',
    'dist/index.d.ts': 'export declare const wind: number;\n',
    ...Object.fromEntries(SOURCES.map(({ path, text }) => [path, text])),
    'conformance.json': JSON.stringify(report),
    ...files,
  };
  return new Map(Object.entries(all).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));
}

/** A plugin for the checks that read no tarball. */
export function madePlugin(changes: PluginChanges = {}): PluginTarball {
  const texts = pluginFiles(changes);
  return {
    bytes: new Uint8Array(),
    manifest: readManifest(texts.get('package.json') ?? ''),
    files: [...texts.keys()],
    entries: [...texts].map(([path, text]) => ({
      path: `package/${path}`,
      kind: 'file',
      bytes: Buffer.from(text),
    })),
    typed: new Package({}, GOOD_MANIFEST.name, GOOD_MANIFEST.version),
    text: (path) => texts.get(path),
  };
}
