import { describe, expect, it } from 'vitest';
import { redisSink, type RedisSinkInput } from './index.ts';

describe('the options of redisSink', () => {
  it.each<readonly [string, RedisSinkInput]>([
    ['key', { host: 'h', as: 'stream' }],
    ['key', { host: 'h', as: 'list' }],
    ['key', { host: 'h', as: 'hash', key: 'k' }],
    ['maxLength', { host: 'h', as: 'list', key: 'k', maxLength: 5 }],
    ['expireMs', { host: 'h', as: 'stream', key: 'k', expireMs: 5 }],
    ['host', { as: 'stream', key: 'k' }],
    ['password', { url: 'redis://h', password: 'p', as: 'hash' }],
    ['as', { host: 'h', as: 'set' as never }],
  ])('refuse a wrong %s', (path, options) => {
    expect(() => redisSink(options)).toThrow(path);
  });

  it('claim effectively once', () => {
    expect(redisSink({ host: 'h', as: 'hash' }).capabilities).toEqual({ delivery: 'effectively-once' });
  });
});
