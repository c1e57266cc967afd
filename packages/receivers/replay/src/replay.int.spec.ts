// A replay from a real disk: more than one chunk, characters cut by chunks, and a path without a file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage } from '@millrace/core';
import { RecordingReceiverContext } from '@millrace/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from './replay.ts';

let directory: string;
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'millrace-replay-'))));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Replays a file at full speed and waits for the end of the replay. */
async function replayed(file: string) {
  const context = new RecordingReceiverContext({ storage: new NodeStorage() });
  const receiver = replay({ file, timestamp: 'date', speed: 'max' }).create();
  await context.start(receiver);
  await receiver.stop({ kind: 'stopped', message: 'by the test' });
  return context;
}

const flights = Array.from({ length: 5_000 }, (_, i) => ({
  date: new Date(Date.UTC(2001, 0, 1) + i * 60_000).toISOString(),
  destination: 'Zürich ✈',
}));
const contents = {
  json: JSON.stringify(flights, null, 2),
  ndjson: flights.map((flight) => JSON.stringify(flight)).join('\n'),
  csv: ['date,destination', ...flights.map(({ date, destination }) => `${date},"${destination}"`)].join(
    '\r\n',
  ),
};

describe('replay from a real disk', () => {
  it.each(Object.entries(contents))(
    'delivers every record of a %s file, unchanged',
    async (format, content) => {
      const file = join(directory, `flights.${format}`);
      await writeFile(file, content);
      const context = await replayed(file);
      expect(context.records).toEqual(flights);
      expect(context.errors).toEqual([]);
      expect(context.stops[0]?.message).toContain('5000 records stored, 0 malformed ones skipped');
    },
  );

  it('ends with a coded error when there is no file', async () => {
    const context = await replayed(join(directory, 'nowhere.json'));
    expect(context.stops).toMatchObject([{ error: { code: 'MR_REPLAY_FILE_MISSING' } }]);
  });
});
