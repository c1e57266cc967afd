import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozenCopy, printable, secretTexts } from './plain-data.ts';

const secrets = new Set(['token']);

describe('frozenCopy', () => {
  it('freezes to any depth and leaves the original alone', () => {
    const original = { retry: { delays: [1, 2] } };
    const copy = frozenCopy(original);
    original.retry.delays.push(3);
    expect(copy).toEqual({ retry: { delays: [1, 2] } });
    expect([copy, copy.retry, copy.retry.delays].every((part) => Object.isFrozen(part))).toBe(true);
    expect(Object.isFrozen(original.retry)).toBe(false);
  });

  it('returns values that are not plain data unchanged', () => {
    const client = new (class Client {
      connections = 0;
    })();
    const bytes = new Uint8Array(2);
    const copy = frozenCopy({ client, bytes });
    expect(copy.client).toBe(client);
    expect(copy.bytes).toBe(bytes);
    expect(Object.isFrozen(client)).toBe(false);
  });

  it('copies circles and keeps a key named __proto__ ordinary', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const copy = frozenCopy(circle);
    expect(copy.self).toBe(copy);
    const parsed = frozenCopy(JSON.parse('{"__proto__": {"isAdmin": true}}') as object);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.keys(parsed)).toEqual(['__proto__']);
  });

  it('equals the original', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void expect(frozenCopy(value)).toEqual(value)));
  });
});

describe('printable', () => {
  it('replaces secrets at any depth', () => {
    const shown = printable({ url: 'x', token: 'a', nested: [{ token: { of: 'b' }, port: 1 }] }, secrets);
    expect(shown).toEqual({ url: 'x', token: '***', nested: [{ token: '***', port: 1 }] });
  });

  it('replaces values that look like a secret, named or not, and user info in URLs', () => {
    const options = {
      broker: 'amqp://user:hunter2@host/queue',
      tls: { privateKey: 'hunter2', pwd: 'hunter2', path: '/keys' },
      brokers: ['kafka://hunter2@one', 'kafka://two'],
      settings: 'host=db;password=hunter2',
    };
    expect(JSON.stringify(printable(options, new Set()))).not.toContain('hunter2');
    expect(printable(options, new Set())).toMatchObject({
      broker: 'amqp://[redacted]@host/queue',
      tls: { path: '/keys' },
      brokers: ['kafka://[redacted]@one', 'kafka://two'],
    });
  });

  it('shows only the kind of values that may contain secrets', () => {
    class Client {
      readonly password = 'hunter2';
    }
    const shown = printable(
      { client: new Client(), bytes: new Uint8Array(3), create: () => 1, at: new Date(0), map: new Map() },
      secrets,
    );
    expect(shown).toEqual({
      client: '[Client]',
      bytes: '[3 bytes]',
      create: '[function]',
      at: '1970-01-01T00:00:00.000Z',
      map: '[Map]',
    });
  });

  it('ends at a circle', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(printable(circle, secrets)).toEqual({ self: '[circular]' });
  });

  it('never shows a secret, in any surroundings', () => {
    const data = fc.letrec((tie) => ({
      node: fc.oneof(
        fc.constant({ token: 'swordfish' }),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(
        data,
        (value) => void expect(JSON.stringify(printable(value, secrets))).not.toContain('swordfish'),
      ),
    );
  });
});

describe('secretTexts', () => {
  it('finds every text under a secret name', () => {
    const found = secretTexts({ token: ['a', { deeper: 7 }], list: [{ token: 'b' }], other: 'c' }, secrets);
    expect(found).toEqual(['a', '7', 'b']);
  });
});
