// The alert rules and the expressions of the Grafana dashboard in Prometheus's own checker. Without promtool the tests are
// skipped; with MILLRACE_SERVERS=required, as in CI, they fail.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LIMIT_MS = 60_000;

function promtool(args: readonly string[]) {
  return spawnSync('promtool', args, { encoding: 'utf8', timeout: LIMIT_MS / 2, cwd: ROOT });
}

function hasPromtool(): boolean {
  if (promtool(['--version']).status === 0) return true;
  if (process.env['MILLRACE_SERVERS'] !== 'required') return false;
  throw new Error('promtool is required and not installed: tools/servers/commands.sh install');
}

describe.skipIf(!hasPromtool())('promtool (package prometheus)', { timeout: LIMIT_MS }, () => {
  it('accepts the alert rules', () => {
    const { status, stdout, stderr } = promtool(['check', 'rules', 'prometheus/alerts.yml']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  it('accepts the expressions of the Grafana dashboard', () => {
    const text = readFileSync(join(ROOT, 'grafana', 'millrace.json'), 'utf8');
    const expressions = [...text.matchAll(/"expr": (".*"),?$/gm)].map(
      ([, expr = '']) => JSON.parse(expr) as string,
    );
    expect(expressions.length).toBeGreaterThan(40);
    const rules = expressions.map((expr, index) => ({
      record: `panel_${index}`,
      expr: expr.replaceAll('$__rate_interval', '1m'),
    }));
    const directory = mkdtempSync(join(tmpdir(), 'millrace-grafana-'));
    try {
      // JSON is YAML.
      writeFileSync(join(directory, 'rules.yml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
      const { status, stderr } = promtool(['check', 'rules', join(directory, 'rules.yml')]);
      expect([status, stderr]).toEqual([0, '']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('raises the alerts at their time, and none of an engine that keeps up', () => {
    const { status, stdout, stderr } = promtool(['test', 'rules', 'test/alerts.test.yml']);
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining('SUCCESS'), '']);
  });
});
