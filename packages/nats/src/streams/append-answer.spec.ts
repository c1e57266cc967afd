import { describe, expect, it } from 'vitest';
import { appendAnswer } from './append-answer.ts';

const answer = (body: unknown) =>
  appendAnswer({ data: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });
const refused = (code: number, err_code: number, description: string) =>
  answer({ stream: 's', seq: 0, error: { code, err_code, description } });

describe('appendAnswer', () => {
  it('takes a sequence for an acknowledgement, also of a repeated message', () => {
    expect(answer({ stream: 's', seq: 7 })).toEqual({ kind: 'stored', sequence: 7, isDuplicate: false });
    expect(answer({ stream: 's', seq: 7, duplicate: true })).toEqual({
      kind: 'stored',
      sequence: 7,
      isDuplicate: true,
    });
  });

  it.each([
    ['an acknowledgement without a sequence', { stream: 's', seq: 0 }],
    ['no JSON', 'PONG'],
    ['JSON that is no object', 'null'],
    ['nothing', ''],
  ])('leaves the outcome open after %s', (_title, body) => {
    expect(answer(body).kind).toBe('unknown');
  });

  it.each([
    [503, 10008, 'JetStream system temporarily unavailable'],
    [503, 10077, 'no space left on device'],
    [409, 10158, 'duplicate message id is in process'],
    [500, 10000, 'something new'],
  ])('leaves the outcome open after %s %s %s', (code, errCode, description) => {
    expect(refused(code, errCode, description).kind).toBe('unknown');
  });

  it.each([
    [400, 10071, 'wrong last sequence: 9'],
    [400, 10164, 'wrong last sequence'],
  ])('reports an expectation that did not hold: %s %s %s', (code, errCode, description) => {
    expect(refused(code, errCode, description)).toEqual({ kind: 'unexpected', description });
  });

  it.each([
    [503, 10077, 'maximum bytes exceeded'],
    [503, 10077, 'maximum messages exceeded'],
    [503, 10047, 'insufficient storage resources available'],
    [503, 10023, 'insufficient resources'],
    [400, 10002, 'resource limits exceeded for account'],
  ])('reports a full stream: %s %s %s', (code, errCode, description) => {
    expect(refused(code, errCode, description)).toEqual({ kind: 'full', description });
  });

  it('reports any other decision of the server', () => {
    expect(refused(400, 10054, 'message size exceeds maximum allowed')).toEqual({
      kind: 'refused',
      code: 10054,
      description: 'message size exceeds maximum allowed',
    });
  });
});
