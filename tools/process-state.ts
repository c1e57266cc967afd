// The parts of a process that a test may replace, and that every later test file of the process would get.

/** The value of each part, by its name. */
export type ProcessState = ReadonlyMap<string, unknown>;

/** Events of a process with listeners that change what a later test sees. */
const EVENTS = [
  'uncaughtException',
  'unhandledRejection',
  'exit',
  'beforeExit',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const;

/** Globals that a library adds when it is loaded, and that change nothing for a test. */
const ADDED_BY_LIBRARIES = new Set(['__lmdb_read_callback']);

/** Reads all parts. */
export function processState(): ProcessState {
  return new Map<string, unknown>([
    ...members('', globalThis),
    ...members('Math.', Math),
    ...members('Date.', Date),
    ...members('console.', console),
    ...members('performance.', performance),
    ...members('process.', process),
    ...members('process.stdout.', process.stdout),
    ...members('process.stderr.', process.stderr),
    ['process.cwd()', process.cwd()],
    ['process.exitCode', process.exitCode],
    ['Error.stackTraceLimit', Error.stackTraceLimit],
    ...Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value] as const),
    ...EVENTS.map((event) => [`listeners of ${event}`, process.listenerCount(event)] as const),
  ]);
}

/** The names of parts that were added, removed or replaced. */
export function changesBetween(before: ProcessState, after: ProcessState): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => {
    if (ADDED_BY_LIBRARIES.has(name)) return false;
    return before.has(name) !== after.has(name) || !Object.is(before.get(name), after.get(name));
  });
}

/** The functions of an object; of an accessor its getter, so that nothing is loaded. */
function members(prefix: string, owner: object): [string, unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(owner)).flatMap(([name, descriptor]) => {
    const part: unknown = Object.values({ ...descriptor }).find((value) => typeof value === 'function');
    return part === undefined ? [] : [[`${prefix}${name}`, part]];
  });
}
