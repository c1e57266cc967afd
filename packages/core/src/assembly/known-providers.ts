// Which of Millrace's own packages provide a port: for the advice in messages about something missing.
import { ExecutorBackend } from '../contracts/executor-backend.ts';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { WriteAheadLogFactory } from '../contracts/write-ahead-log.ts';

// By name, since names are what tokens of two installed copies have in common. Ports of the foundation are not here:
// they are never missing.
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

/** What to do about a missing port, as the end of a message. */
export function missingPortAdvice(port: PortToken<unknown>): string {
  const packages = PROVIDERS.get(portName(port));
  if (packages === undefined) return `add a plugin that provides ${portName(port)}`;
  return `${portName(port)} is provided by ${packages.join(' and ')}`;
}
