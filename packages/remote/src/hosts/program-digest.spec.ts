import { ManualClock } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { programDigest } from './program-digest.ts';

const FILES: Readonly<Record<string, string>> = {
  'program.js': "import { a } from './parts/a.js';\nimport 'lodash';\nawait import('./b.js');\n",
  'parts/a.js': "export * from '../b.js';\nimport './missing.js';\n",
  'b.js': "import './program.js';\nexport const b = 1;\n",
  'unused.js': 'unused',
};

/** The digest of the files below a directory. */
function digestOf(directory: string, changed: Readonly<Record<string, string>> = {}): Promise<string> {
  const storage = new MemoryStorage({ clock: new ManualClock() });
  for (const [name, text] of Object.entries({ ...FILES, ...changed }))
    storage.writeFile(`${directory}/${name}`, text);
  return programDigest(storage, `${directory}/program.js`);
}

describe('programDigest', () => {
  it('is equal for equal files in different directories', async () => {
    const digest = await digestOf('/srv/one/dist');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await digestOf('/srv/two')).toBe(digest);
    expect(await digestOf('/srv/one/dist', { 'unused.js': 'changed' })).toBe(digest);
  });

  it.each(Object.keys(FILES).filter((name) => name !== 'unused.js'))('changes with %s', async (name) => {
    expect(await digestOf('/app', { [name]: `${FILES[name]}// changed` })).not.toBe(await digestOf('/app'));
  });

  it('refuses a script that cannot be read, by name', async () => {
    const storage = new MemoryStorage({ clock: new ManualClock() });
    await expect(programDigest(storage, '/app/none.js')).rejects.toMatchObject({
      code: 'MR_REMOTE_NO_PROGRAM',
      message: expect.stringContaining('/app/none.js'),
    });
  });
});
