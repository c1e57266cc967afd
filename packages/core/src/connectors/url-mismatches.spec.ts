import { describe, expect, it } from 'vitest';
import { urlMismatches } from './url-mismatches.ts';

interface Connection {
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
}

const found = (options: Connection) => urlMismatches(options, ['host', 'port']);

describe('url beside single options', () => {
  it.each<[string, Connection]>([
    ['a url', { url: 'amqp://broker', connectTimeoutMs: 5 }],
    ['a host', { host: 'broker', port: 5_672 }],
  ])('has no conflict with %s alone', (_, options) => {
    expect(found(options)).toEqual([]);
  });

  it('is required without a host', () => {
    expect(found({ port: 5_672 })).toEqual([{ name: 'host', expected: 'either host or url' }]);
  });

  it('refuses every option that the url is in place of', () => {
    expect(found({ url: 'amqp://broker', host: 'broker', port: 5_672 })).toEqual([
      { name: 'host', expected: 'no host beside url' },
      { name: 'port', expected: 'no port beside url' },
    ]);
  });
});
