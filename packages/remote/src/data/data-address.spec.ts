import { describe, expect, it } from 'vitest';
import { assertProtected, formatDataAddress, isLoopback, parseDataAddress } from './data-address.ts';

describe('the address of a data server', () => {
  it.each([
    ['host-2:7070', { host: 'host-2', port: 7_070 }],
    ['10.0.0.1:0', { host: '10.0.0.1', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('%s is read and written the same', (text, address) => {
    expect(parseDataAddress(text)).toEqual(address);
    expect(formatDataAddress(address)).toBe(text);
  });

  it.each([
    '',
    'host',
    'host:',
    ':7070',
    'host:65536',
    '::1:7070',
    '[host]:7070',
    '[1.2.3.4]:1',
    'a/b:1',
    'a@b:1',
    'a b:1',
  ])('%j is refused', (text) => {
    expect(() => parseDataAddress(text)).toThrow(expect.objectContaining({ code: 'MR_REMOTE_DATA_ADDRESS' }));
  });

  it('tells loopback from other hosts', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])
      expect([host, isLoopback(host)]).toEqual([host, true]);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org', ''])
      expect([host, isLoopback(host)]).toEqual([host, false]);
  });

  it('is refused beyond loopback without TLS, unless insecure data is allowed', () => {
    const everywhere = { host: '0.0.0.0', port: 7_070 };
    const plain = { hasTls: false, insecureData: false };
    expect(() => assertProtected(everywhere, plain)).toThrow(
      expect.objectContaining({ code: 'MR_REMOTE_DATA_INSECURE', disposition: 'stop-engine' }),
    );
    assertProtected(everywhere, { ...plain, hasTls: true });
    assertProtected(everywhere, { ...plain, insecureData: true });
    assertProtected({ host: '127.0.0.1', port: 0 }, plain);
  });
});
