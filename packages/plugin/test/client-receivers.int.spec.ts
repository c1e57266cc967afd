// Receivers on the client libraries of real protocols pass the conformance kit, and their packages pass every check before a
// release: with fetch, with ioredis over a real Redis, and with mqtt.js over a real mosquitto.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../../tools/servers/real-server.ts';
import { ClientPackage } from './client-package.ts';

const LIMIT_MS = 300_000;

/** Checks that need a hook of the test source: faults of the way, and acknowledgements asked of the server. */
const WITH_FAULTS = ['RECEIVER-3.1', 'RECEIVER-11.1', 'RECEIVER-15.1', 'RECEIVER-16.1', 'RECEIVER-24.1'];
const WITH_ACKNOWLEDGEMENTS = [
  'RECEIVER-7.1',
  'RECEIVER-13.1',
  'RECEIVER-13.4',
  'RECEIVER-14.1',
  'RECEIVER-17.3',
];

const made: ClientPackage[] = [];
afterEach(async () => {
  for (const client of made.splice(0)) await client.remove();
});

const NO_PROBLEMS = { failed: [], missing: [], invalid: [] };

/** Failed checks of the kit, checks of `needed` that did not apply, and failed checks before a release. */
async function problemsOf(client: ClientPackage, needed: readonly string[], ...more: readonly unknown[]) {
  made.push(client);
  await client.write();
  const { runs } = await client.prove(...more);
  const checks = runs.flatMap((run) => run.checks);
  const passed: readonly string[] = checks
    .filter(({ result }) => result === 'passed')
    .map(({ number }) => number);
  const outcomes = await client.validate();
  return {
    failed: checks.filter(({ result }) => result === 'failed').map(({ why }) => why),
    missing: needed.filter((number) => !passed.includes(number)),
    invalid: outcomes.filter(({ problems }) => problems.length > 0),
  };
}

describe('a receiver on a client library', () => {
  it('with fetch passes the kit and the validation', { timeout: LIMIT_MS }, async () => {
    const client = new ClientPackage('http-poll');
    expect(await problemsOf(client, [...WITH_FAULTS, 'RECEIVER-29.1'])).toEqual(NO_PROBLEMS);
  });

  describe.each([
    ['redis', 'ioredis', 'redis-stream', { ioredis: '^6.0.0' }],
    ['mosquitto', 'mqtt.js', 'mqtt-topic', { mqtt: '^5.16.0', 'mqtt-packet': '^9.0.2' }],
  ] as const)('over a real %s', (name, library, folder, dependencies) => {
    let server: RealServer | undefined;
    beforeAll(async () => {
      server = await startServer(name);
    });
    afterAll(() => server?.stop());

    it(`with ${library} passes the kit and the validation`, { timeout: LIMIT_MS }, async ({ skip }) => {
      if (server === undefined) return skip(notInstalled(name));
      const place = name === 'redis' ? server.port : { port: server.port, log: server.log };
      const client = new ClientPackage(folder, dependencies);
      const needed = [...WITH_FAULTS, ...WITH_ACKNOWLEDGEMENTS, 'RECEIVER-42.1'];
      expect(await problemsOf(client, needed, place)).toEqual(NO_PROBLEMS);
    });
  });
});
