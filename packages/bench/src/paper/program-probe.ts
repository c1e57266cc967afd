// A program as a contender: started for each measurement, ended after it.
import { fileURLToPath } from 'node:url';
import { benchDirectory } from '../durability/bench-directory.ts';
import type { BenchProbe } from '../runner/suite.ts';
import type { LineKind } from './line-pool.ts';
import { type CommandFor, RunningProgram } from './running-program.ts';
import { measureSustained } from './sustained-rate.ts';
import type { PaperWorkload } from './paper-programs.ts';

/** Long enough for a Java virtual machine; Node.js needs a third of it. */
const WARM_UP_MS = 12_000;

/** Makes a contender of a command. */
export function programProbe(name: string, workload: PaperWorkload, commandFor: CommandFor): BenchProbe {
  const kind: LineKind = workload === 'yahoo' ? 'ads' : 'text';
  return {
    name,
    measure: async (options) => {
      const program = await RunningProgram.start(kind, commandFor);
      try {
        return await measureSustained(program, { ...options, warmUpMs: WARM_UP_MS });
      } finally {
        await program.close();
      }
    },
    close: async () => {},
  };
}

/** Millrace as a contender, on so many executors, with its log or without. */
export function millraceProbe(
  name: string,
  workload: PaperWorkload,
  { executors, hasLog = false }: { readonly executors: number; readonly hasLog?: boolean },
): BenchProbe {
  const script = fileURLToPath(new URL('./millrace-program.ts', import.meta.url));
  const directory = hasLog ? benchDirectory() : undefined;
  const probe = programProbe(name, workload, (port) => [
    process.execPath,
    '--conditions=millrace:source',
    script,
    workload,
    String(port),
    String(executors),
    ...(directory === undefined ? [] : [directory.path]),
  ]);
  return { ...probe, close: async () => directory?.remove() };
}
