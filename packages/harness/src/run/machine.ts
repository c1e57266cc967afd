// The machine of a run, in one line: results of different machines cannot be compared.
import { arch, cpus, platform, totalmem } from 'node:os';

/** Processors, memory and system. */
export function machine(): string {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} × ${model}, ${gibibytes} GiB, ${platform()} ${arch()}`;
}
