// The program under virtual time: time stands still until the test moves the clock, so nothing waits and every run is the
// same. One array of `queueStream` is one batch of a second.
import { virtualPorts } from '@millrace/testing';
import { type DeadLetter, StreamingContext } from 'millrace';
import { describe, expect, it } from 'vitest';
import { definePipeline } from '../src/pipeline.ts';
import { type Reading, readingSchema } from '../src/reading.ts';
import { readSettings } from '../src/settings.ts';

const reading = (second: number, value: number, sensor = 'kitchen'): Reading => ({
  sensor,
  at: new Date(second * 1_000).toISOString(),
  value,
  unit: 'C',
});

/** Runs the program on batches, and `quietSeconds` of silence behind. Windows are 10 s long. */
async function run(batches: readonly (readonly Reading[])[], quietSeconds = 0) {
  const world = virtualPorts();
  const letters: DeadLetter[] = [];
  const ssc = new StreamingContext({
    appName: 'test',
    batchIntervalMs: 1_000,
    onRecordError: 'dead-letter',
    deadLetters: {
      name: 'letters-of-a-test',
      capabilities: { delivery: 'at-least-once' },
      write: async (written) => void letters.push(...written),
    },
    plugins: [world.plugin],
  });
  const results = definePipeline(ssc.queueStream(batches.map((batch) => [...batch])), {
    windowMs: 10_000,
    outOfOrdernessMs: 5_000,
    allowedLatenessMs: 10_000,
  });
  const windows: string[] = [];
  const late: Reading[] = [];
  results.windows.foreachRDD(async (rdd) => {
    for (const { sensor, windowStart, count, mean } of await rdd.collect()) {
      windows.push(`${sensor} ${windowStart.slice(14, 19)}: ${count} readings, mean ${mean}`);
    }
  });
  results.late.foreachRDD(async (rdd) => void late.push(...(await rdd.collect())));
  await ssc.start();
  for (let second = 0; second < batches.length + quietSeconds; second += 1) await world.clock.advance(1_000);
  const stopped = ssc.stop({ graceful: false });
  await world.clock.advance(2_000);
  await stopped;
  return { windows, late, letters };
}

describe('the pipeline', () => {
  it('counts readings by their own time, also out of order', async () => {
    const { windows } = await run([
      [reading(1, 20), reading(12, 30)],
      [reading(4, 22), reading(3, 10, 'cellar')],
      [reading(16, 40)],
    ]);
    expect(windows.toSorted()).toEqual([
      'cellar 00:00: 1 readings, mean 10',
      'kitchen 00:00: 2 readings, mean 21',
    ]);
  });

  it('corrects a window while lateness allows, and reports later readings', async () => {
    const { windows, late } = await run([
      [reading(1, 20)],
      [reading(16, 30)],
      [reading(2, 22)],
      [reading(40, 30)],
      [reading(3, 99)],
    ]);
    expect(windows).toEqual([
      'kitchen 00:00: 1 readings, mean 20',
      'kitchen 00:00: 2 readings, mean 21',
      'kitchen 00:10: 1 readings, mean 30',
    ]);
    expect(late).toEqual([reading(3, 99)]);
  });

  it('lets no reading of a wrong clock close the windows', async () => {
    const { windows, late } = await run([[reading(1, 20)], [reading(100_000, 1)], [reading(2, 22)]]);
    expect(windows).toEqual([]);
    expect(late).toEqual([reading(100_000, 1)]);
  });

  it('converts units, and makes a dead letter of a reading in an unknown unit', async () => {
    const { windows, letters } = await run([
      [{ ...reading(1, 68), unit: 'F' }, { ...reading(2, 16), unit: 'Ré' }, reading(3, 22)],
      [reading(16, 40)],
    ]);
    expect(windows).toEqual(['kitchen 00:00: 2 readings, mean 21']);
    expect(letters.map(({ record, reason }) => [JSON.parse(record), reason])).toEqual([
      [{ ...reading(2, 16), unit: 'Ré' }, 'Error: expected the unit C or F, got "Ré"'],
    ]);
  });

  it('emits the last windows when all sensors are silent', async () => {
    const { windows } = await run([[reading(1, 20)]], 40);
    expect(windows).toEqual(['kitchen 00:00: 1 readings, mean 20']);
  });
});

describe('a reading', () => {
  it('has a sensor, a time and a number', () => {
    expect(readingSchema.safeParse(reading(1, 20)).success).toBe(true);
    for (const wrong of [{}, { ...reading(1, 20), at: 'yesterday' }, { ...reading(1, 20), value: '20' }]) {
      expect(readingSchema.safeParse(wrong).success).toBe(false);
    }
  });
});

describe('the settings', () => {
  it('have defaults, and lengths of time in milliseconds', () => {
    expect(readSettings({ WINDOW_SECONDS: '60', BEARER_TOKEN: '' })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      windowMs: 60_000,
      bearerToken: undefined,
      dashboardPort: 4040,
    });
  });

  it('refuse wrong values, with the name of the variable', () => {
    expect(() => readSettings({ PORT: 'http' })).toThrow(/PORT/);
    expect(() => readSettings({ BEARER_TOKEN: 'short' })).toThrow(/BEARER_TOKEN/);
    expect(() => readSettings({ DASHBOARD_TOKEN: 'short' })).toThrow(/DASHBOARD_TOKEN/);
  });
});
