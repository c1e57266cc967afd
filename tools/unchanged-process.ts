// Files of unit tests share processes. Each file that leaves its process changed fails here, under its own name: later, another file
// would fail in its place.
import { afterAll, expect } from 'vitest';
import { changesBetween, processState } from './process-state.ts';
import { isIntegrationTest } from './test-processes.ts';

const before = processState();

// Hooks run in reverse order, so this is the last hook of the file.
afterAll(() => {
  // An integration test has a process of its own.
  if (isIntegrationTest(expect.getState().testPath ?? '')) return;
  expect(changesBetween(before, processState()), 'parts of the process that this file left changed').toEqual(
    [],
  );
});
