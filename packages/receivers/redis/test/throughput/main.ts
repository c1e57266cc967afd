// CPU time per million entries beside the client library alone, on a real server:
//   node --conditions=millrace:source packages/receivers/redis/test/throughput/main.ts [entries] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RedisServer } from '../redis-server.ts';

const entries = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);
const PROGRAMS = ['bare-client.ts', 'engine.ts'] as const;

/** Milliseconds of CPU time of one run, user and system, per million entries. */
async function cpuMsOf(program: string, args: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=millrace:source',
    file,
    ...args,
  ]);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs * (1_000_000 / entries);
}

const redis = await RedisServer.start();
if (redis === undefined) throw new Error('Redis is not installed: run tools/servers/redis.sh install');
try {
  const stream = await redis.stream();
  await redis.fill(stream, entries, 'EUR');
  for (const kind of ['range', 'group']) {
    const fastest = [Infinity, Infinity];
    for (let run = 0; run < runs; run += 1) {
      for (const [index, program] of PROGRAMS.entries()) {
        const cpuMs = await cpuMsOf(program, [kind, redis.server.port, stream, entries].map(String));
        fastest[index] = Math.min(fastest[index] ?? Infinity, cpuMs);
      }
    }
    const [bare = 0, engine = 0] = fastest;
    process.stdout.write(
      `${kind}: bare client ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million entries: ${(engine / bare).toFixed(2)} ×\n`,
    );
  }
} finally {
  await redis.stop();
}
