import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../../test/read-all.ts';
import { asResponse, FixtureChannel, fetchOf, refusedConnection } from '../../../test/dashboard-answers.ts';
import { anyEngineState, anyObservedBatch } from '../../../test/engine-states.ts';
import { DashboardClient, type DashboardClientDeps } from './dashboard-client.ts';

const SHOWN = { state: anyEngineState(), batches: [anyObservedBatch({ batchTime: 7_000 })] };

function clientOf(deps: Partial<DashboardClientDeps> = {}, token?: string) {
  return new DashboardClient({
    fetch: fetchOf(SHOWN),
    clock: new ManualClock(),
    address: { base: new URL('http://127.0.0.1:4040/base/'), token },
    signal: new AbortController().signal,
    ...deps,
  });
}

const answering = (status: number, type: string, body: string) =>
  clientOf({ fetch: async () => asResponse({ status, type, body }) });
const failing = (error: Error) => {
  const fetch = async () => {
    throw error;
  };
  return clientOf({ fetch });
};

describe('a client', () => {
  it('asks below the address, with the token', async () => {
    const requests: unknown[] = [];
    const fetch: typeof globalThis.fetch = async (url, init) => {
      requests.push([url instanceof URL && url.href, init?.headers, init?.redirect]);
      return asResponse({ status: 200, type: 'application/json', body: JSON.stringify(SHOWN.state) });
    };
    expect(await clientOf({ fetch }, 'secret').state()).toEqual(SHOWN.state);
    expect(requests).toEqual([
      ['http://127.0.0.1:4040/base/api/v1/state', { authorization: 'Bearer secret' }, 'error'],
    ]);
  });

  it('finds batches', async () => {
    const base = new URL('http://127.0.0.1:4040/');
    const client = clientOf({ address: { base, token: undefined } });
    expect((await client.batches(5)).batches).toEqual(SHOWN.batches);
    expect(await client.batch(7_000)).toEqual(SHOWN.batches[0]);
    expect(await client.batch(8_000)).toBeUndefined();
  });

  it('says why there is no answer', async () => {
    const failures: readonly (readonly [DashboardClient, string])[] = [
      [
        failing(refusedConnection()),
        'cannot reach a dashboard at http://127.0.0.1:4040/base/: connection refused; is the',
      ],
      [failing(new TypeError('fetch failed', { cause: new Error('bad port') })), ': bad port;'],
      [answering(200, 'text/html', '<html>'), 'expected a dashboard of Millrace at'],
      [answering(200, 'application/json', '{}'), 'expected a dashboard of Millrace at'],
      [answering(404, 'text/plain', 'no'), 'but the answer has the status 404'],
      [
        answering(200, 'application/json', '{"schema":2}'),
        'speaks version 2 of the schema, this command version 1',
      ],
      [
        answering(503, 'application/problem+json', '{"code":"MR_DASHBOARD_FAILED","detail":"words"}'),
        'MR_DASHBOARD_FAILED: words',
      ],
    ];
    for (const [client, words] of failures)
      await expect(client.state()).rejects.toMatchObject({
        name: 'DashboardFailure',
        message: expect.stringContaining(words) as string,
      });
  });

  it('asks for the token without showing the token', async () => {
    const shown = { ...SHOWN, token: 'the-right-token' };
    await expect(clientOf({ fetch: fetchOf(shown) }).state()).rejects.toThrow(
      'needs a token: set MILLRACE_TOKEN',
    );
    const refused = clientOf({ fetch: fetchOf(shown) }, 'the-wrong-token').state();
    await expect(refused).rejects.toThrow('refuses the token');
    await expect(refused).rejects.not.toThrow('the-wrong-token');
  });

  it('gives up an answer that does not come, and one without an end', async () => {
    const clock = new ManualClock();
    const silent: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)),
      );
    const asked = clientOf({ clock, fetch: silent }).state();
    asked.catch(() => undefined);
    await clock.advance(10_000);
    await expect(asked).rejects.toThrow('no answer in time');
    const endless = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(8 * 1_048_576)) });
    await expect(clientOf({ fetch: async () => new Response(endless) }).state()).rejects.toThrow(
      'expected a dashboard',
    );
  });

  it('leaves Ctrl-C to the caller', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    const fetch: typeof globalThis.fetch = async (_, init) => {
      init?.signal?.throwIfAborted();
      throw new TypeError('not aborted');
    };
    await expect(clientOf({ fetch, signal: stopped }).state()).rejects.toThrow('stopped');
  });
});

describe('the live channel of a client', () => {
  it('gives events until the end', async () => {
    const channel = new FixtureChannel();
    const client = clientOf({ fetch: async () => channel.response });
    channel.write('event: verdict\ndata: {}\n\n');
    channel.end();
    expect(await readAll(client.events(new AbortController().signal))).toEqual([
      { name: 'verdict', data: '{}' },
    ]);
  });

  it('ends a channel without a sign of life', async () => {
    const clock = new ManualClock();
    const channel = new FixtureChannel();
    const fetch: typeof globalThis.fetch = async (_, init) => {
      init?.signal?.addEventListener('abort', () => channel.fail(init.signal?.reason));
      return channel.response;
    };
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const event of clientOf({ clock, fetch }).events(new AbortController().signal))
        seen.push(event);
    })();
    reading.catch(() => undefined);
    channel.write(': still here\n\n');
    await settle();
    await clock.advance(39_000);
    channel.write(': still here\n\n');
    await settle();
    await clock.advance(39_000);
    expect(seen).toEqual([undefined, undefined]);
    await clock.advance(1_000);
    await expect(reading).rejects.toThrow('no answer in time');
  });

  it('is not taken from another server', async () => {
    const client = answering(200, 'text/html', '<html>');
    await expect(readAll(client.events(new AbortController().signal))).rejects.toThrow(
      'expected a dashboard',
    );
  });
});
