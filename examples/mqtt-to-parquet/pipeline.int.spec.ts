// Runs the program over a real mosquitto, kills the program in the middle, and reads the Parquet files.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../tools/servers/real-server.ts';
import { RunningProgram } from '../test/running-program.ts';

const LIMIT_MS = 120_000;
const SENSORS = 5;
const READINGS = 60;
const START_MS = Date.parse('2026-11-30T12:00:00Z');

let mosquitto: RealServer | undefined;
beforeAll(async () => {
  mosquitto = await startServer('mosquitto');
}, LIMIT_MS);
afterAll(() => mosquitto?.stop(), LIMIT_MS);

it('has every reading once, also after a kill', { timeout: LIMIT_MS }, async ({ skip }) => {
  if (mosquitto === undefined) return skip(notInstalled('mosquitto'));
  const program = await RunningProgram.start({
    name: 'mqtt-to-parquet',
    env: {},
    args: [String(mosquitto.port)],
  });
  const client = await connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`);
  try {
    const expected: string[] = [];
    const publish = async (number: number): Promise<void> => {
      for (let sensor = 0; sensor < SENSORS; sensor += 1) {
        const reading = {
          sensor: `s${sensor}`,
          number,
          atMs: START_MS + number,
          celsius: sensor + number / 4,
        };
        await client.publishAsync(`sensors/${sensor}`, JSON.stringify(reading), { qos: 1 });
        expected.push(JSON.stringify(reading));
      }
    };
    for (let number = 0; number < READINGS / 2; number += 1) await publish(number);
    await vi.waitUntil(async () => (await readingsIn(program)).length > 0, {
      timeout: 90_000,
      interval: 100,
    });
    await program.kill();
    // The broker keeps these for the session of the program.
    for (let number = READINGS / 2; number < READINGS; number += 1) await publish(number);
    await program.restart();
    await vi.waitUntil(async () => (await readingsIn(program)).length >= expected.length, {
      timeout: 60_000,
      interval: 200,
    });
    const { code, errors } = await program.stop();
    expect(errors).not.toMatch(/"level":"(error|fatal)"/);
    expect(code).toBe(0);
    expect(await readingsIn(program)).toEqual(expected.toSorted());
  } finally {
    await client.endAsync();
  }
});

/** The readings of all files, as the sensors sent them, in order and with repetitions. */
async function readingsIn({ directory }: RunningProgram): Promise<readonly string[]> {
  const folder = join(directory, 'readings');
  const names = await readdir(folder).catch(() => []);
  const readings: string[] = [];
  for (const name of names.filter((one) => one.endsWith('.parquet') && !one.startsWith('.'))) {
    const bytes = await readFile(join(folder, name));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    for (const { sensor, number, at, celsius } of await parquetReadObjects({ file: file as ArrayBuffer })) {
      readings.push(
        JSON.stringify({ sensor, number: Number(number), atMs: (at as Date).getTime(), celsius }),
      );
    }
  }
  return readings.toSorted();
}
