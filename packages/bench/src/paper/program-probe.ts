// A program as a contender: started before each measurement and ended afterwards.
import { fileURLToPath } from 'node:url';
import { benchDirectory } from '../durability/bench-directory.ts';
import type { BenchProbe } from '../runner/suite.ts';
import type { LineKind } from './line-pool.ts';
import { type CommandFor, RunningProgram } from './running-program.ts';
import { measureSustained } from './sustained-rate.ts';
import type { PaperWorkload } from './paper-programs.ts';

/** Makes a contender of a command that warms up for `warmUpMs` before the measurement. */
export function programProbe(
  name: string,
  workload: PaperWorkload,
  { warmUpMs, commandFor }: { readonly warmUpMs: number; readonly commandFor: CommandFor },
): BenchProbe {
  const kind: LineKind = workload.startsWith('yahoo') ? 'ads' : 'text';
  return {
    name,
    measure: async (options) => {
      const program = await RunningProgram.start(kind, commandFor);
      try {
        return await measureSustained(program, { ...options, warmUpMs });
      } finally {
        await program.close();
      }
    },
    close: async () => {},
  };
}

/** Options of a Millrace program. */
export interface MillraceProgram {
  readonly executors: number;
  readonly hasLog?: boolean;
  /** Default 4,000. */
  readonly warmUpMs?: number;
}

/** Millrace as a contender, on this number of executors, with or without the log. */
export function millraceProbe(
  name: string,
  workload: PaperWorkload,
  { executors, hasLog = false, warmUpMs = 4_000 }: MillraceProgram,
): BenchProbe {
  const script = fileURLToPath(new URL('./millrace-program.ts', import.meta.url));
  const directory = hasLog ? benchDirectory() : undefined;
  const commandFor = (port: number) =>
    [
      process.execPath,
      '--conditions=millrace:source',
      script,
      workload,
      String(port),
      String(executors),
      ...(directory === undefined ? [] : [directory.path]),
    ] as const;
  const probe = programProbe(name, workload, { warmUpMs, commandFor });
  return { ...probe, close: async () => directory?.remove() };
}
