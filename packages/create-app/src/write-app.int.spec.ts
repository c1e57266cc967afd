// Writes projects into a temporary folder.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { UsageError } from '@millrace/scaffold';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withAppDefaults } from './app-plan.ts';
import { createCommand } from './create-app-command.ts';
import { writeApp } from './write-app.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'create-app-'));
  folder = join(parent, 'wind');
});
afterEach(() => rm(parent, { recursive: true }));

const plan = () => withAppDefaults({ folder, packageName: '@acme/wind-speed', port: 9_000 });
const read = (path: string) => readFile(join(folder, path), 'utf8');

describe('writeApp', () => {
  it('writes program, test, settings and files of three platforms', async () => {
    expect(await writeApp(plan())).toEqual([
      '.dockerignore',
      '.env',
      '.env.example',
      '.gitignore',
      'Dockerfile',
      'README.md',
      'compose.yaml',
      'deploy/wind-speed.service',
      'package.json',
      'src/main.ts',
      'src/outputs.ts',
      'src/pipeline.ts',
      'src/reading.ts',
      'src/settings.ts',
      'test/pipeline.spec.ts',
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
  });

  it('leaves no name and no port of the template behind', async () => {
    for (const file of await writeApp(plan())) {
      expect(`${file}\n${await read(file)}`).not.toMatch(/sample-?pipeline|808[01]/i);
    }
    expect(JSON.parse(await read('package.json'))).toMatchObject({ name: '@acme/wind-speed', private: true });
    expect(await read('src/main.ts')).toContain("appName: 'wind-speed',");
    expect(await read('compose.yaml')).toContain('  wind-speed:\n');
  });

  it('tells names and ports apart that contain a port of the template', async () => {
    await writeApp({ ...plan(), packageName: 'wind-8081', port: 8_079 });
    expect(await read('.env')).toMatch(/^PORT=8079$[^]*^HEALTH_PORT=8080$/m);
    expect(await read('Dockerfile')).toContain('EXPOSE 8079 8080 4040\n');
    expect(await read('src/main.ts')).toContain("appName: 'wind-8081',");
  });

  it.each([4_039, 4_040])('leaves the port %i to the records', async (port) => {
    await writeApp({ ...plan(), port });
    expect(await read('.env')).toMatch(/^DASHBOARD_PORT=4042$/m);
    expect(await read('src/settings.ts')).toContain('.default(4042)');
  });

  it('keeps settings and data out of git and out of images', async () => {
    await writeApp(plan());
    expect((await read('.gitignore')).split('\n')).toEqual(expect.arrayContaining(['.env', 'data', 'dist']));
    expect((await read('.dockerignore')).split('\n')[0]).toBe('*');
    expect(await read('.dockerignore')).not.toMatch(/!\.env|!data/);
    expect(await read('.env')).toBe(await read('.env.example'));
  });

  it('refuses a folder that is not empty, and accepts an empty repository', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await expect(writeApp(plan())).rejects.toThrow(/is not empty, and contains notes.txt/);
    expect(await readdir(folder)).toEqual(['notes.txt']);
    await rm(join(folder, 'notes.txt'));
    await mkdir(join(folder, '.git'));
    await writeApp(plan());
  });

  it.each([
    ['a wrong name', { packageName: 'Wind' }],
    ['a name that no service may have', { packageName: 'wind.speed' }],
    ['a wrong port', { port: 0 }],
    ['no folder', { folder: ' ' }],
  ])('writes nothing for %s', async (_, answers) => {
    await expect(writeApp({ ...plan(), ...answers })).rejects.toThrow(UsageError);
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('create-millrace', () => {
  const run = async (...args: readonly string[]) => {
    let output = '';
    const write = (text: string) => void (output += text);
    const command = createCommand({ isInteractive: false, write })
      .exitOverride()
      .configureOutput({ writeErr: write, writeOut: write });
    await command.parseAsync(args, { from: 'user' });
    return output;
  };

  it('derives missing values, and prints the next steps', async () => {
    const output = await run(join(parent, 'My Pipeline'));
    expect(output).toContain('my-pipeline: 17 files written');
    expect(output).toContain('http://localhost:8080/readings');
  });

  it('takes all values as flags', async () => {
    await run(folder, '--name', '@acme/rain', '--port', '9001', '--yes');
    expect(await read('.env')).toMatch(/^PORT=9001$[^]*^HEALTH_PORT=9002$/m);
    expect(JSON.parse(await read('package.json'))).toMatchObject({ name: '@acme/rain' });
  });

  it('requires a folder when no user can be asked, and a port that is one', async () => {
    await expect(run('--yes')).rejects.toThrow(/expected the folder/);
    await expect(run(folder, '--port', 'http')).rejects.toThrow(/expected a port from 1 to 65534/);
  });
});

describe('the template', () => {
  const manifestOf = async (path: string) =>
    JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as {
      readonly version: string;
      readonly dependencies: Readonly<Record<string, string>>;
      readonly devDependencies: Readonly<Record<string, string>>;
    };

  it('accepts the packages of this repository unchanged, and uses its tools', async () => {
    const { dependencies, devDependencies } = await manifestOf('../template/_package.json');
    for (const [name, place] of [
      ['millrace', 'millrace'],
      ['@millrace/testing', 'testing'],
    ] as const) {
      const { version } = await manifestOf(`../../${place}/package.json`);
      const range = { ...dependencies, ...devDependencies }[name] ?? 'none';
      // A package before its first release has version 0.0.0; its first release is 0.1.0 or later.
      expect(satisfies(version === '0.0.0' ? '0.1.0' : version, range), `${name} ${range}`).toBe(true);
    }
    const { devDependencies: tools } = await manifestOf('../../../package.json');
    for (const tool of ['typescript', 'vitest', '@types/node']) {
      expect(devDependencies[tool]).toBe(`^${tools[tool]}`);
    }
    // A newer minor version of vite depends on a package that no lock can hold yet, and `npm ci` of the image fails.
    expect(devDependencies['vite']).toBe(`~${tools['vite']}`);
    expect(dependencies['zod']).toBe(`^${tools['zod']}`);
  });
});
