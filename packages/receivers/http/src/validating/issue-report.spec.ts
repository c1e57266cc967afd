import { describe, expect, it } from 'vitest';
import { IssueReport } from './issue-report.ts';

const at = (index: number) => ({ index, line: index + 1 });
const issue = (message: string, ...path: PropertyKey[]) => ({ message, path });

describe('IssueReport', () => {
  it('reports place, path and message', () => {
    const issues = [issue('expected a number', 'items', 2, 'price'), { message: 'is odd' }];
    expect(new IssueReport().rejected(at(4), {}, issues)).toEqual({
      index: 4,
      line: 5,
      issues: [
        { path: 'items[2].price', message: 'expected a number' },
        { path: '', message: 'is odd' },
      ],
    });
  });

  it('reads paths of segments, and names no line without lines', () => {
    const issues = [{ message: 'm', path: [{ key: 'a' }, { key: 0 }, Symbol('s')] }];
    expect(new IssueReport().rejected({ index: 0, line: undefined }, {}, issues)).toEqual({
      index: 0,
      issues: [{ path: 'a[0].Symbol(s)', message: 'm' }],
    });
  });

  it('bounds the issues of a record and of an answer, and the texts', () => {
    const report = new IssueReport();
    const issues = Array.from({ length: 50 }, () => issue('m'.repeat(5_000), 'p'.repeat(5_000)));
    const rejected = Array.from({ length: 12 }, (_, index) => report.rejected(at(index), {}, issues));
    expect(rejected.map(({ issues: told }) => told?.length)).toEqual([
      ...Array.from({ length: 10 }, () => 10),
      undefined,
      undefined,
    ]);
    expect(rejected[0]?.moreIssues).toBe(40);
    expect(rejected[11]).toEqual({ index: 11, line: 12 });
    expect(rejected[0]?.issues?.[0]?.path).toHaveLength(200);
    expect(rejected[0]?.issues?.[0]?.message).toHaveLength(200);
  });

  it.each([
    ['a value under the name of a secret', issue('got hunter2', 'user')],
    ['a value below the name of a secret', issue('got "deep-1"', 'user')],
    ['a number under the name of a secret', issue('got 90210', 'user')],
    ['anything about a field with the name of a secret', issue('got something', 'apiKey')],
  ])('leaves out a message with %s', (_, told) => {
    const record = { user: 'ann', password: 'hunter2', credentials: [{ a: 'deep-1' }], otp: 90_210 };
    const rejected = new IssueReport().rejected(at(0), record, [told]);
    expect(rejected.issues?.[0]?.message).toBe('is not valid');
    const other = new IssueReport().rejected(at(0), record, [issue('got ann', 'user')]);
    expect(other.issues?.[0]?.message).toBe('got ann');
  });

  it('removes what looks like a secret from messages and paths', () => {
    const issues = [issue('cannot parse https://ann:pw@host/', 'password=hunter2')];
    const [told] = new IssueReport().rejected(at(0), {}, issues).issues ?? [];
    expect(told?.path).not.toContain('hunter2');
    expect(issue('cannot parse https://ann:pw@host/').message).toContain('pw');
    expect(told?.message).not.toContain('ann:pw');
  });

  it('leaves out all messages about a record too large to search for secrets', () => {
    const record = { list: Array.from({ length: 20_000 }, (_, i) => i) };
    const rejected = new IssueReport().rejected(at(0), record, [issue('too long', 'list')]);
    expect(rejected.issues).toEqual([{ path: 'list', message: 'is not valid' }]);
  });
});
