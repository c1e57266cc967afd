// The lookups that all contenders make: a timer, a request over HTTP, or an answer at once.
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { Worker } from 'node:worker_threads';
import type { LookupServerData, LookupServerMessage } from './lookup-server.ts';

/** Looks a number up; the answer is the number. */
export interface Lookups {
  ask(record: number): Promise<number>;
  close(): Promise<void>;
}

/** Answers after a time. */
export function timedLookups(answerMs: (record: number) => number): Lookups {
  return {
    ask: (record) => new Promise((resolve) => setTimeout(resolve, answerMs(record), record)),
    close: async () => undefined,
  };
}

/** Answers at once, like a cache. */
export function readyLookups(): Lookups {
  return { ask: async (record) => record, close: async () => undefined };
}

/** Asks a server that answers after a time, over connections that stay. */
export function httpLookups(answerMs: number, connections: number): Lookups {
  const workerData: LookupServerData = { answerMs };
  const server = new Worker(new URL('./lookup-server.ts', import.meta.url), { workerData });
  const listening = once(server, 'message').then(([message]) => (message as LookupServerMessage).port);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const request = async (record: number, port: number): Promise<number> => {
    const [response] = await once(get({ host: '127.0.0.1', port, path: `/${record}`, agent }), 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return Number(text);
  };
  return {
    ask: async (record) => request(record, await listening),
    close: async () => {
      agent.destroy();
      await server.terminate();
    },
  };
}
