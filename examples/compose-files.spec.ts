// The compose files of the examples: each service can be started, and each named volume is declared. A key that stands twice is
// an error of the parser.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService | null>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

interface ComposeService {
  readonly image?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

const FILES = globSync('*/compose.yaml', { cwd: import.meta.dirname });

/** The names of volumes that services mount; a path of this machine begins with a dot or a slash. */
function mountedVolumes({ services }: ComposeFile): readonly string[] {
  return Object.values(services)
    .flatMap((service) => service?.volumes ?? [])
    .map((mount) => mount.split(':', 1)[0] ?? '')
    .filter((source) => /^\w/.test(source));
}

describe('the compose files of the examples', () => {
  it('are found', () => expect(FILES).toHaveLength(4));

  it.each(FILES)('%s starts servers with a version, reachable from this machine alone', (name) => {
    const file = parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as ComposeFile;
    for (const service of Object.values(file.services)) {
      expect(service?.image).toMatch(/^[\w./-]+:(?!latest$)[\w.-]+$/);
      for (const port of service?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
    expect(Object.keys(file.volumes ?? {}).toSorted()).toEqual([...new Set(mountedVolumes(file))].toSorted());
  });
});
