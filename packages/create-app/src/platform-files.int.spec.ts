// The files for Docker and systemd agree with the program: user, signal, grace period, volume and port. `npm run rehearse`
// follows the steps of the Dockerfile without Docker.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../template/src/settings.ts';

const template = join(import.meta.dirname, '..', 'template');
const read = (path: string) => readFileSync(join(template, path), 'utf8');
const stopDeadlineMs = readSettings({}).stopDeadlineMs;

describe('the Dockerfile', () => {
  const stages = read('Dockerfile')
    .split(/^(?=FROM )/m)
    .slice(1);
  const [build = '', image = ''] = stages;

  it('has two stages, and only the first has the compiler', () => {
    expect(stages).toHaveLength(2);
    expect(build).toMatch(/npm ci .*\n[\s\S]*npm run build && npm prune --omit=dev/);
    expect(image).not.toMatch(/\bnpm\b/);
  });

  it('runs as a user without rights, gets signals, and checks health', () => {
    expect(image.indexOf('\nUSER node\n')).toBeLessThan(image.indexOf('\nCMD '));
    expect(image).toContain('\nSTOPSIGNAL SIGTERM\n');
    const exec = (instruction: string) =>
      JSON.parse(
        new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(image)?.[1] ?? '',
      ) as readonly string[];
    expect(exec('CMD ')).toEqual(['node', '--max-old-space-size=320', 'dist/main.js']);
    const [, flag, check = ''] = exec('HEALTHCHECK ');
    expect(flag).toBe('-e');
    expect(check).toContain('HEALTH_PORT}/healthz?ready`');
    expect(spawnSync(process.execPath, ['--check', '-'], { input: check }).status).toBe(0);
    const { DATA_DIR } = Object.fromEntries(
      (/^ENV (.*)$/m.exec(image)?.[1] ?? '').split(' ').map((pair) => pair.split('=')),
    ) as { readonly DATA_DIR?: string };
    expect(image).toContain(`VOLUME ["${DATA_DIR}"]`);
  });
});

describe('compose.yaml', () => {
  const { services, volumes } = parse(read('compose.yaml')) as {
    readonly services: Readonly<Record<string, Record<string, unknown>>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  const service = services['sample-pipeline'] ?? {};

  it('keeps the data in a volume, and listens on this machine only', () => {
    expect(Object.keys(volumes)).toEqual(['data']);
    expect(service).toMatchObject({
      volumes: ['data:/data'],
      ports: ['127.0.0.1:8080:8080', '127.0.0.1:4040:4040'],
    });
  });

  it('grants more time than the program takes to stop', () => {
    expect(Number.parseInt(String(service['stop_grace_period']), 10) * 1_000).toBeGreaterThan(stopDeadlineMs);
  });
});

describe('the systemd unit', () => {
  const unit = read('deploy/sample-pipeline.service');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];

  it('restarts the program, and grants more time than the program takes to stop', () => {
    expect(setting('Restart')).toBe('always');
    expect(Number(setting('TimeoutStopSec')) * 1_000).toBeGreaterThan(stopDeadlineMs);
    expect(setting('Environment')).toContain(`DATA_DIR=%S/${setting('StateDirectory')}`);
  });

  // Only some systems have systemd.
  it.runIf(existsSync('/usr/bin/systemd-analyze'))('passes systemd-analyze verify', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unit-'));
    const path = join(folder, 'sample-pipeline.service');
    // The program need not be installed here.
    writeFileSync(path, unit.replace('ExecStart=/usr/bin/node', `ExecStart=${process.execPath}`));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect({ status, output: `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
  });
});
