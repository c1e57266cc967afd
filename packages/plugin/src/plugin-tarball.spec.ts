import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { END, entry, pax } from '../test/archive.ts';
import { PATH_CHECK } from './checks/path-check.ts';
import { readTarball } from './plugin-tarball.ts';

const MANIFEST = entry('package/package.json', '{"name":"x","version":"1.0.0"}');
const read = (...blocks: readonly Buffer[]) => readTarball(gzipSync(Buffer.concat([...blocks, END])));

describe('readTarball', () => {
  it.each([
    ['an empty archive', [], 'the tarball is empty'],
    ['no manifest', [entry('package/a.js')], 'no package/package.json'],
    ['a manifest that is no JSON', [entry('package/package.json', '{')], 'package.json to be JSON'],
    ['a manifest that is no object', [entry('package/package.json', 'null')], 'hold an object'],
    ['a manifest that is a list', [entry('package/package.json', '[]')], 'hold an object'],
    [
      'a manifest that is a link',
      [entry('package/package.json', '', { type: '2' })],
      'no package/package.json',
    ],
  ])('refuses %s', (_, blocks, message) => {
    expect(() => read(...blocks)).toThrow(message);
  });

  it('passes paths from extended headers to the checks', async () => {
    const plugin = read(MANIFEST, pax({ path: 'package/../../evil.js' }), entry('package/good.js'));
    expect((await PATH_CHECK.find(plugin)).join()).toContain('leads out of its folder');
  });

  it('reads the manifest that is packed last', () => {
    const second = entry('package/package.json', '{"name":"y","version":"2.0.0"}');
    expect(read(MANIFEST, second).manifest.name).toBe('y');
  });
});
