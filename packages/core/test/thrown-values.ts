// Values that a program may throw, from the harmless to the malicious. Code that reads a thrown value must survive each
// of these.

function trap(): never {
  throw new Error('a trap');
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const everyTrap = new Proxy(
  {},
  { get: () => trap, getPrototypeOf: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap },
);

function circle(): Error {
  const first = new Error('first');
  first.cause = new Error('second', { cause: first });
  return first;
}

function selfCaused(): Error {
  const error = new Error('x');
  error.cause = error;
  return error;
}

function deepCauses(levels: number): Error {
  let error = new Error('the innermost');
  for (let level = 0; level < levels; level += 1) error = new Error(`level ${level}`, { cause: error });
  return error;
}

function withGetter(name: string, get: () => unknown = trap): Error {
  return Object.defineProperty(new Error('with a getter'), name, { get });
}

/** Each with a name for test titles. Created anew for every call. */
export function thrownValues(): readonly (readonly [string, unknown])[] {
  return [
    ['undefined', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a text', 'text'],
    ['half of a surrogate pair', 'cut \ud83d'],
    ['NaN', Number.NaN],
    ['a bigint', 10n ** 400n],
    ['a symbol', Symbol('thrown')],
    ['a function', () => undefined],
    [
      'a class',
      class Thrown {
        readonly code = 1;
      },
    ],
    ['an object without prototype', Object.create(null)],
    [
      'an object without prototype, with a message',
      Object.assign(Object.create(null) as object, { message: 'm' }),
    ],
    ['an object', { reason: 'none' }],
    ['an object that cannot become text', { toString: trap, [Symbol.toPrimitive]: trap }],
    ['an object whose text is an object', { toString: () => ({}), valueOf: () => ({}) }],
    ['an array of a million', Array.from({ length: 1_000_000 }, () => 1)],
    ['a revoked proxy', revoked({})],
    ['a revoked proxy of an error', revoked(new Error('x'))],
    ['a revoked proxy of a function', revoked(() => undefined)],
    ['a proxy whose traps throw', everyTrap],
    ['an error', new TypeError('an error')],
    ['an error without prototype', Object.setPrototypeOf(new Error('x'), null)],
    ['an error with itself as its cause', selfCaused()],
    ['errors in a circle', circle()],
    ['an error with 100,000 causes', deepCauses(100_000)],
    ['an error with a revoked cause', new Error('x', { cause: revoked({}) })],
    ['an error with a huge message', new Error('x'.repeat(10_000_000))],
    ['an error whose message is no text', Object.assign(new Error('x'), { message: { a: 1 } })],
    ['an error whose name is no text', Object.assign(new Error('x'), { name: Symbol('name') })],
    ['an error whose stack is no text', Object.assign(new Error('x'), { stack: 1 })],
    ...['message', 'name', 'stack', 'cause', 'code', 'toString'].map(
      (name) => [`an error whose ${name} throws`, withGetter(name)] as const,
    ),
    [
      'an error whose message throws no error',
      withGetter('message', () => {
        throw Object.create(null);
      }),
    ],
    [
      'a million errors',
      new AggregateError(
        Array.from({ length: 1_000_000 }, () => new Error('one')),
        'all',
      ),
    ],
    ['an aggregate of itself', selfAggregate()],
    [
      'an error with details that are no data',
      detailed({ fn: trap, self: everyTrap, circle: circularData() }),
    ],
    [
      'an error with a million details',
      detailed(Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [i, i]))),
    ],
  ];
}

function selfAggregate(): AggregateError {
  const errors: unknown[] = [];
  const aggregate = new AggregateError([]);
  aggregate.errors = errors;
  errors.push(aggregate);
  return aggregate;
}

function circularData(): object {
  const data: Record<string, unknown> = {};
  data['self'] = data;
  return data;
}

/** An error that imitates a Millrace error, with these details. */
function detailed(details: unknown): Error {
  return Object.assign(new Error('with details'), {
    [Symbol.for('millrace:MillraceError')]: true,
    code: 'MR_TEST',
    disposition: 'no such disposition',
    details,
  });
}
