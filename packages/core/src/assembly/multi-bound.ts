// Which ports may have several providers.
import type { PortToken } from '../contracts/port-token.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { StreamingListener } from '../contracts/streaming-listener.ts';

/**
 * Whether any number of plugins may provide the port: listeners all hear the events, receivers are told apart by
 * name. Every other port has exactly one provider.
 */
export function isMultiBound(port: PortToken<unknown>): boolean {
  return port === StreamingListener || port === ReceiverFactory;
}
