// A message on its way between links and servers in memory.
import type { NatsHeaders } from '../link/nats-link.ts';

/** A message inside of the fake. */
export interface FakeMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply?: string | undefined;
  readonly headers?: NatsHeaders | undefined;
  readonly status?: number | undefined;
}
