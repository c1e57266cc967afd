// Millrace's own packages by provided port: for advice in messages about a missing port.
import { ExecutorBackend } from '../contracts/executor-backend.ts';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { WriteAheadLogFactory } from '../contracts/write-ahead-log.ts';

// By name, since the tokens of two installed copies share only the name. Ports of the foundation are absent: they are
// never missing.
const PROVIDERS: ReadonlyMap<string, readonly string[]> = new Map([
  [portName(WriteAheadLogFactory), ['@millrace/wal']],
  [portName(ExecutorBackend), ['@millrace/engine', '@millrace/threads']],
  [
    portName(ReceiverFactory),
    [
      '@millrace/receiver-socket',
      '@millrace/receiver-files',
      '@millrace/receiver-replay',
      '@millrace/receiver-http',
    ],
  ],
]);

/** The advice for a missing port, as the end of a message. */
export function missingPortAdvice(port: PortToken<unknown>): string {
  const packages = PROVIDERS.get(portName(port));
  if (packages === undefined) return `add a plugin that provides ${portName(port)}`;
  return `${portName(port)} is provided by ${packages.join(' and ')}`;
}
