// `millrace-nats init` as a process, over a real server; and the log over the stream that the command has made.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { withCluster } from './with-cluster.ts';

const main = fileURLToPath(new URL('../src/nats-main.ts', import.meta.url));

function run(arguments_: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const node = ['--conditions=millrace:source', main];
  return new Promise((resolve) => {
    execFile(process.execPath, [...node, ...arguments_], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

describe('millrace-nats init', () => {
  const { it } = withCluster(1);

  it('makes the stream once, refuses other settings, and asks for the sync', async (cluster) => {
    const servers = ['--servers', `127.0.0.1:${cluster.servers[0]?.port}`, '--app', 'init-test'];
    const small = [
      ...servers,
      '--replicas',
      '1',
      '--log-bytes',
      '33554432',
      '--checkpoint-bytes',
      '33554432',
      '--block-bytes',
      '33554432',
    ];
    const trusted = [...small, '--sync-verified'];
    expect(await run(['init', ...small])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('MR_CLUSTER_SYNC_UNVERIFIED: ') as string,
    });
    const made = await run(['init', ...trusted]);
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('made  ML_init-test_META with ml.init-test.meta\n');
    expect(made.stdout).toContain('made  ML_init-test_CTL with ml.init-test.ctl.>\n');
    expect(made.stdout).toContain('made  ML_init-test_BLK_2 with ml.init-test.blk.2\n');
    expect(made.stdout).toContain('$JS.API.STREAM.PURGE.ML_init-test_META');
    const again = await run(['init', ...trusted]);
    expect([again.code, again.stdout.split('\n')[0]]).toEqual([
      0,
      'found ML_init-test_META with ml.init-test.meta',
    ]);
    const api = await cluster.api();
    expect((await api.info('ML_init-test_META'))?.config).toMatchObject({
      deny_delete: true,
      max_bytes: 33_554_432,
    });
    const other = await run(['init', ...servers, '--sync-verified', '--replicas', '3']);
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('num_replicas: expected 3, got 1');
    expect(await run(['init', '--app', 'a b'])).toMatchObject({ code: 2 });
  });
});
