// A dashboard in a process: real HTTP over an imagined engine, for commands in processes of their own.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOf, eventText, type ShownEngine, snapshotOf } from './dashboard-answers.ts';

/** A running fixture. */
export interface DashboardFixture {
  readonly url: string;
  /** Sends an event to every live listener. */
  send(name: string, data: unknown): void;
  close(): Promise<void>;
}

/** Starts a dashboard on 127.0.0.1, on any free port. */
export async function dashboardFixture(shown: ShownEngine): Promise<DashboardFixture> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/events') {
      response
        .writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
        .write(snapshotOf(shown));
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      return;
    }
    const { status, type, body } = answerOf(shown, url, request.headers.authorization ?? null);
    response.writeHead(status, { 'Content-Type': type }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    send: (name, data) => {
      for (const listener of listeners) listener.write(eventText(name, data));
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
