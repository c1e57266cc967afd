// Ports with several providers.
import type { PortToken } from '../contracts/port-token.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { StreamingListener } from '../contracts/streaming-listener.ts';

/**
 * True when any number of plugins may provide the port: all listeners receive the events, receivers are distinguished
 * by name. Every other port has exactly one provider.
 */
export function isMultiBound(port: PortToken<unknown>): boolean {
  return port === StreamingListener || port === ReceiverFactory;
}
