// Several NATS servers of one cluster keep a stream through the death of one of them.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startNatsCluster } from './real-nats.ts';
import { notInstalled } from './real-server.ts';

/** Sends a request of JetStream over the protocol of NATS; the text of the answer. */
async function ask(port: number, subject: string, body: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  try {
    await once(socket, 'connect');
    const publish = `PUB ${subject} answer ${Buffer.byteLength(body)}\r\n${body}\r\n`;
    socket.write(`CONNECT {"verbose":false}\r\nSUB answer 1\r\n${publish}`);
    const late = AbortSignal.timeout(3_000);
    while (!/MSG answer .*\r\n\{.*\}\r\n/s.test(answer)) {
      const [bytes] = (await once(socket, 'data', { signal: late })) as [Buffer];
      answer += bytes.toString();
    }
  } catch {
    // The servers have not agreed on a leader yet, or this one is down.
  } finally {
    socket.destroy();
  }
  return answer;
}

it('a cluster of NATS keeps its streams without one server', { timeout: 120_000 }, async ({ skip }) => {
  const servers = await startNatsCluster(3);
  if (servers === undefined) return skip(notInstalled('nats'));
  onTestFinished(async () => {
    for (const server of servers) await server.stop();
  });
  const [first, second, third] = servers.map(({ port }) => port);
  const stream = JSON.stringify({ name: 'S', subjects: ['s'], num_replicas: 3 });
  const patient = { timeout: 60_000, interval: 250 };
  await expect.poll(() => ask(first ?? 0, '$JS.API.STREAM.CREATE.S', stream), patient).toContain('"config"');
  await expect.poll(() => ask(second ?? 0, 's', 'kept'), patient).toContain('"seq"');
  await servers[1]?.kill();
  await expect.poll(() => ask(third ?? 0, '$JS.API.STREAM.INFO.S', ''), patient).toContain('"messages":');
  await servers[1]?.restart();
  await expect.poll(() => ask(second ?? 0, '$JS.API.STREAM.INFO.S', ''), patient).toContain('"messages":');
});
