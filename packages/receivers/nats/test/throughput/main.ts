// CPU time per million messages beside the client library alone, on a real server; the fastest of some runs in turns:
//   node --conditions=millrace:source packages/receivers/nats/test/throughput/main.ts [messages] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filledStream } from '../filled-stream.ts';
import { NatsServer } from '../nats-server.ts';

const messages = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);

async function cpuMsOf(program: string, args: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=millrace:source',
    file,
    ...args,
  ]);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs * (1_000_000 / messages);
}

const server = await NatsServer.start();
if (server === undefined) throw new Error('NATS is not installed: run tools/servers/nats.sh install');
try {
  const stream = await filledStream(server, messages);
  for (const kind of ['stream', 'records'] as const) {
    const args = [kind, server.server.port, stream, messages].map(String);
    let [bare, engine] = [Infinity, Infinity];
    for (let run = 0; run < runs; run += 1) {
      bare = Math.min(bare, await cpuMsOf('bare-client.ts', args));
      engine = Math.min(engine, await cpuMsOf('engine.ts', args));
    }
    process.stdout.write(
      `${kind}: client library ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million messages: ${(engine / bare).toFixed(2)} ×\n`,
    );
  }
} finally {
  await server.stop();
}
