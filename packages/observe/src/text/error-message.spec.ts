import { expect, it } from 'vitest';
import { messageWithCauses } from './error-message.ts';

const errorOf = (message: string, cause?: object) => ({
  name: 'Error',
  message,
  ...(cause === undefined ? {} : { cause: cause as never }),
});

it('joins the messages of causes', () => {
  const refused = errorOf('connection refused');
  expect(messageWithCauses(errorOf('alone'))).toBe('alone');
  expect(messageWithCauses(errorOf('receiver a failed to start.', refused))).toBe(
    'receiver a failed to start: connection refused',
  );
  expect(messageWithCauses(errorOf('no start', errorOf('', errorOf('no host', refused))))).toBe(
    'no start: no host: connection refused',
  );
});

it('does not repeat a cause', () => {
  expect(messageWithCauses(errorOf('failed: refused', errorOf('refused')))).toBe('failed: refused');
});

it('ends in a circle of causes', () => {
  const circle: { name: string; message: string; cause?: unknown } = errorOf('one');
  circle.cause = errorOf('two', circle);
  expect(messageWithCauses(circle as never)).toBe('one: two');
});
