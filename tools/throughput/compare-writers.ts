// CPU times of a sink beside the bare client by hand, in interleaved rounds: each round runs both writers in processes of their
// own, the order changes from round to round, and medians are compared.
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Two writers to compare, which are one program. */
export interface ComparedWriters {
  /** The program; its arguments are `bare` or `sink`, those of `place`, the records of a batch, and the number of batches. */
  readonly program: URL;
  /** Makes an empty place for one writer. */
  readonly place: () => Promise<readonly (string | number)[]>;
  /** Records of one batch. */
  readonly rows: number;
  /** Records of one round. */
  readonly records: number;
  readonly rounds: number;
}

const KINDS = ['bare', 'sink'] as const;

/** Prints the medians of CPU milliseconds per million records, and the load of the machine. */
export async function compareWriters(writers: ComparedWriters): Promise<void> {
  const found = { bare: [] as number[], sink: [] as number[] };
  for (let round = 0; round < writers.rounds; round += 1)
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed())
      found[kind].push(await cpuMsOf(kind, writers));
  const [bare, sink] = [median(found.bare), median(found.sink)];
  const load = loadavg().map((one) => one.toFixed(1));
  process.stdout.write(
    `bare client ${Math.round(bare)} ms, sink ${Math.round(sink)} ms of CPU per million records: ${(sink / bare).toFixed(2)} × (load of the machine: ${load.join(', ')})\n`,
  );
}

async function cpuMsOf(kind: string, { program, place, rows, records }: ComparedWriters): Promise<number> {
  const args = [kind, ...(await place()), rows, Math.ceil(records / rows)].map(String);
  const command = ['--conditions=millrace:source', fileURLToPath(program), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
