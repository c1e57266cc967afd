import { describe, expect, it } from 'vitest';
import { HTTP_ERROR_CODES, httpError, type HttpErrorCode } from '../http-errors.ts';
import { refusalAnswer, statusOf } from './refusal.ts';

const OPTIONS = { retryAfterSeconds: 7 };

describe('refusalAnswer', () => {
  it('requests a repetition for errors worth a repetition, and for no other errors', () => {
    for (const [code, { disposition }] of Object.entries(HTTP_ERROR_CODES)) {
      const error = httpError(code as HttpErrorCode, 'no');
      const status = statusOf(error);
      if (status === undefined) continue;
      expect([code, status === 429 || status === 503]).toEqual([code, disposition === 'back-off']);
      const { headers } = refusalAnswer(error, OPTIONS);
      expect(headers['Retry-After']).toBe(disposition === 'back-off' ? '7' : undefined);
    }
  });

  it('is a problem document with code and place', () => {
    const error = httpError('MR_HTTP_RECORD_MALFORMED', 'record 3 (line 4): no', {
      details: { index: 2, line: 4 },
    });
    expect(refusalAnswer(error, OPTIONS)).toMatchObject({
      status: 400,
      contentType: 'application/problem+json',
      body: {
        status: 400,
        code: 'MR_HTTP_RECORD_MALFORMED',
        detail: 'record 3 (line 4): no',
        index: 2,
        line: 4,
      },
    });
  });

  it('does not expose unknown errors', () => {
    const answer = refusalAnswer(new Error('password hunter2'), OPTIONS);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});
