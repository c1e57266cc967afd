// CPU time per million records beside the client library alone, on a real server; the fastest of some runs in turns:
//   node --conditions=millrace:source packages/sinks/nats/test/throughput/main.ts [records] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TargetServer } from '../target-server.ts';

const records = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);

async function cpuMsOf(program: string, args: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const command = ['--conditions=millrace:source', file, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs * (1_000_000 / records);
}

const target = await TargetServer.start();
if (target === undefined) throw new Error('NATS is not installed: run tools/servers/nats.sh install');
try {
  let [bare, sink] = [Infinity, Infinity];
  for (let run = 0; run < runs; run += 1) {
    for (const program of ['bare.ts', 'sink.ts']) {
      const stream = await target.stream();
      const cpuMs = await cpuMsOf(program, [target.server.port, stream, records].map(String));
      if (program === 'bare.ts') bare = Math.min(bare, cpuMs);
      else sink = Math.min(sink, cpuMs);
    }
  }
  process.stdout.write(
    `client library ${Math.round(bare)} ms, sink ${Math.round(sink)} ms of CPU per million records: ${(sink / bare).toFixed(2)} ×\n`,
  );
} finally {
  await target.stop();
}
