// Writes packages into a temporary folder.
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@millrace/scaffold';
import { satisfies } from 'semver';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommand } from './create-receiver-command.ts';
import { withDefaults } from './receiver-plan.ts';
import { writePackage } from './write-package.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'create-receiver-'));
  folder = join(parent, 'receiver-wind');
});
afterEach(() => rm(parent, { recursive: true }));

const plan = () => withDefaults({ folder, packageName: '@acme/receiver-wind', receiverName: 'wind-speed' });
const read = (path: string) => readFile(join(folder, path), 'utf8');

describe('writePackage', () => {
  it('writes every file that a published receiver needs', async () => {
    expect(await writePackage(plan())).toEqual([
      '.github/workflows/ci.yml',
      '.gitignore',
      'LICENSE',
      'README.md',
      'example/main.ts',
      'package.json',
      'src/index.ts',
      'src/read-source.ts',
      'src/wind-speed.options.ts',
      'src/wind-speed.ts',
      'test/conformance.int.spec.ts',
      'test/feed-server.ts',
      'test/published-options.ts',
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
    expect((await readdir(folder)).toSorted()).toContain('.gitignore');
  });

  it('writes another receiver for a source that wants acknowledgements', async () => {
    const common = ['.github/workflows/ci.yml', '.gitignore', 'LICENSE', 'README.md', 'example/main.ts'];
    expect(await writePackage({ ...plan(), acknowledges: true })).toEqual([
      ...common,
      'package.json',
      'src/acknowledging-receiver.ts',
      'src/index.ts',
      'src/read-source.ts',
      'src/wind-speed.options.ts',
      'src/wind-speed.ts',
      'test/conformance.int.spec.ts',
      'test/published-options.ts',
      'test/queue-server.ts',
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
    expect(await read('src/wind-speed.ts')).toContain("ack: 'individual',");
    expect(JSON.parse(await read('package.json'))).toMatchObject({ name: '@acme/receiver-wind' });
  });

  it.each([false, true])('leaves no name of a template behind (acknowledges: %s)', async (acknowledges) => {
    const files = await writePackage({ ...plan(), acknowledges });
    for (const file of files) expect(`${file}\n${await read(file)}`).not.toMatch(/sample-?(?:feed|queue)/i);
    expect(await read('src/index.ts')).toContain("export { windSpeed } from './wind-speed.ts';");
    expect(await read('README.md')).toContain(
      'npm install @millrace/core @millrace/engine @acme/receiver-wind',
    );
  });

  it('puts any description and licence into the manifest', async () => {
    const description = 'Reads "wind" for $1 a day';
    await writePackage({ ...plan(), description, license: 'MIT' });
    const manifest: unknown = JSON.parse(await read('package.json'));
    expect(manifest).toMatchObject({ name: '@acme/receiver-wind', description, license: 'MIT' });
    expect(await read('README.md')).toContain(`\n${description}\n`);
    expect(await read('LICENSE')).toContain('Copyright (c) the authors of @acme/receiver-wind');
  });

  it('refuses a folder that is not empty', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await expect(writePackage(plan())).rejects.toThrow(/is not empty, and contains notes.txt/);
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  it('accepts a folder with an empty repository', async () => {
    await mkdir(join(folder, '.git'), { recursive: true });
    await writePackage(plan());
    expect(await read('LICENSE')).toContain('Apache License');
  });

  it('writes nothing for an invalid name', async () => {
    await expect(writePackage({ ...plan(), receiverName: '../x' })).rejects.toThrow(UsageError);
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('create-millrace-receiver', () => {
  const run = async (...args: readonly string[]) => {
    let output = '';
    const write = (text: string) => void (output += text);
    const command = createCommand({ isInteractive: false, write })
      .exitOverride()
      .configureOutput({ writeErr: write });
    await command.parseAsync(args, { from: 'user' });
    return output;
  };

  it('derives missing values, and prints the next steps', async () => {
    const output = await run(folder);
    expect(output).toContain('receiver-wind: 15 files written');
    expect(output).toContain('npm install');
    expect(await read('src/wind.ts')).toContain("name: 'wind',");
  });

  it('has an acknowledging receiver with a flag', async () => {
    expect(await run(folder, '--acknowledges')).toContain('receiver-wind: 16 files written');
    expect(await read('src/wind.ts')).toContain('new AcknowledgingReceiver(');
  });

  it('requires a folder when no user can be asked', async () => {
    await expect(run('--yes')).rejects.toThrow(/expected the folder/);
    await expect(run('', '--yes')).rejects.toThrow(/expected the folder/);
  });

  it('refuses a licence without a text', async () => {
    await expect(run(folder, '--license', 'GPL')).rejects.toThrow(/Allowed choices are Apache-2.0, MIT/);
  });
});

describe('the template', () => {
  const manifestOf = async (path: string) =>
    JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as {
      readonly name: string;
      readonly version: string;
      readonly dependencies: Readonly<Record<string, string>>;
      readonly peerDependencies: Readonly<Record<string, string>>;
      readonly devDependencies: Readonly<Record<string, string>>;
    };

  it('accepts the packages of this repository unchanged', async () => {
    const { peerDependencies, devDependencies } = await manifestOf('../template/_package.json');
    for (const neighbour of ['core', 'engine', 'testing', 'plugin']) {
      const { name, version } = await manifestOf(`../../${neighbour}/package.json`);
      const range = peerDependencies[name] ?? devDependencies[name] ?? 'none';
      // A package before its first release has version 0.0.0; its first release is 0.1.0 or later.
      expect(satisfies(version === '0.0.0' ? '0.1.0' : version, range), `${name} ${range}`).toBe(true);
    }
  });

  it('uses the tools of this repository', async () => {
    const { devDependencies, dependencies } = await manifestOf('../template/_package.json');
    const { devDependencies: tools } = await manifestOf('../../../package.json');
    for (const tool of ['typescript', 'vitest', '@types/node']) {
      expect(devDependencies[tool]).toBe(`^${tools[tool]}`);
    }
    // A newer minor version of vite depends on a package that no lock can hold yet, and `npm ci` fails.
    expect(devDependencies['vite']).toBe(`~${tools['vite']}`);
    const { dependencies: ofSocket } = await manifestOf('../../receivers/socket/package.json');
    expect(dependencies['zod']).toBe(`^${ofSocket['zod']}`);
  });
});

describe('a folder that cannot be written into', () => {
  it.each(['dangling', 'dangling/receiver-wind', 'loop', 'loop/receiver-wind'])(
    'is reported in one line: %s',
    async (path) => {
      await symlink('nowhere', join(parent, 'dangling'));
      await symlink('loop', join(parent, 'loop'));
      const wrong = { ...plan(), folder: join(parent, path) };
      await expect(writePackage(wrong)).rejects.toThrow(UsageError);
      await expect(writePackage(wrong)).rejects.toThrow(`could not write into ${wrong.folder}: `);
    },
  );

  it.runIf(process.platform === 'linux')('is reported where the system makes no directories', async () => {
    await expect(writePackage({ ...plan(), folder: '/proc/receiver-wind' })).rejects.toThrow(/ENOENT/);
  });

  it.each([
    ['a name longer than a file name', { receiverName: 'w'.repeat(101) }],
    ['a description with a line separator', { description: 'one\u2028two' }],
    ['a description with an escape sequence', { description: '\u001B[31mred' }],
  ])('is not even read for %s', async (_, answers) => {
    await expect(writePackage({ ...plan(), ...answers })).rejects.toThrow(UsageError);
    expect(await readdir(parent)).toEqual([]);
  });
});
