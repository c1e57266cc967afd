// The end of a client. A connection whose other side is silent never ends by itself: after a while its socket is destroyed.
import type { Clock } from '@millrace/core';
import type { ConnectionPool } from '@platformatic/kafka';

/** The part of a client that is needed for its end. */
export interface ClosableClient {
  readonly connections: ConnectionPool;
  on(event: 'error', listener: () => void): unknown;
}

const CLOSE_MS = 3_000;

/** A client, or one of its connections, without a listener for errors would end the process. Call before the first use. */
export function guardErrors(client: ClosableClient): void {
  const ignore = (): void => undefined;
  client.on('error', ignore);
  client.connections.on('connecting', ({ connection }) => connection.on('error', ignore));
}

/** Closes a client within 3 s; never rejects. `close` begins the end. */
export async function closeClient(
  client: ClosableClient,
  clock: Clock,
  close: () => Promise<void>,
): Promise<void> {
  const wait = new AbortController();
  const closing = close().then(
    () => true,
    () => false,
  );
  const late = clock.sleepFor(CLOSE_MS, wait.signal).then(
    () => false,
    () => false,
  );
  const isClosed = await Promise.race([closing, late]);
  wait.abort();
  if (!isClosed) for (const [, connection] of client.connections) connection.socket?.destroy();
}
