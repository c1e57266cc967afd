import { SimpleError } from '@redis/client';
import { describe, expect, it } from 'vitest';
import type { RedisConnectionOptions } from './connection-options.ts';
import { answerWord, failureMessage, isAnswer } from './redis-answer.ts';

const options = { url: 'redis://ann:correct%20horse@h' } as RedisConnectionOptions;

describe('an error of the client library', () => {
  it('has the first word of an answer', () => {
    const error = new SimpleError("NOPERM User ann has no permissions to run the 'xadd' command");
    expect(isAnswer(error)).toBe(true);
    expect(answerWord(error)).toBe('NOPERM');
    expect(answerWord(new SimpleError('wrong number of arguments'))).toBeUndefined();
  });

  it('has no word without an answer', () => {
    const error = new Error('NOPERM of the socket');
    expect(isAnswer(error)).toBe(false);
    expect(answerWord(error)).toBeUndefined();
  });

  it('gives a message without secrets', () => {
    const error = new Error('refused correct horse');
    expect(failureMessage(error, { what: 'read', options })).toBe(
      'could not read at h:6379: refused [redacted]',
    );
  });
});
