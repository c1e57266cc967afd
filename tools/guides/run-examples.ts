// Runs the programs of the documents, one after the other, in one process: `run-examples.ts FILE…`. Each file is a
// module with the function `program(ssc, world)`, and optionally `batches` (the number of batches to run, default 1)
// and `options` of its context; or a script, which does all its work when the module is loaded. For programs, time is a
// `ManualClock` that begins at 0, files are in memory, a batch is a second. A line with MARK and the file precedes the
// output of each program.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StreamingContext, type StandaloneContextOptions } from '@millrace/engine';
import { virtualPorts, type VirtualPorts } from '@millrace/testing';

/** Begins the line before the output of each program; the test of the guides searches for this text. */
const MARK = '\u0001program ';

interface ExampleModule {
  readonly program?: (ssc: StreamingContext, world: VirtualPorts) => void | Promise<void>;
  readonly batches?: number;
  readonly options?: Partial<StandaloneContextOptions>;
}

async function run({ program, batches = 1, options }: ExampleModule): Promise<void> {
  if (program === undefined) return;
  const world = virtualPorts();
  const batchIntervalMs = options?.batchIntervalMs ?? 1_000;
  const ssc = new StreamingContext({
    appName: 'guide',
    batchIntervalMs,
    ...options,
    plugins: [world.plugin, ...(options?.plugins ?? [])],
  });
  await program(ssc, world);
  await ssc.start();
  for (let batch = 0; batch < batches; batch++) await world.clock.advance(batchIntervalMs);
  const stopped = ssc.stop({ graceful: false });
  await world.clock.advance(2_000);
  await stopped;
  await ssc.awaitTermination();
}

// Programs may leave files in the temporary directory.
const temporary = mkdtempSync(join(tmpdir(), 'millrace-guides-'));
process.env['TMPDIR'] = temporary;
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));

for (const file of process.argv.slice(2)) {
  process.stdout.write(`${MARK}${file}\n`);
  await run((await import(pathToFileURL(file).href)) as ExampleModule);
}
