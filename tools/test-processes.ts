// The processes that run test files. Files that need only memory share processes with the other files of their package: loading
// vitest and the package's modules once a file would take as much processor time as the tests. An integration test starts
// servers, sockets and programs, so each has a process of its own, which ends with all that the test has left behind.
import { ForksPoolWorker, type PoolRunnerInitializer, type PoolTask, type WorkerRequest } from 'vitest/node';

/** Whether a file is an integration test. */
export const isIntegrationTest = (path: string): boolean => path.endsWith('.int.spec.ts');

/** A pool for `isolate: false`: vitest asks before each file whether a process that ran other files may run the file. */
export const testProcesses: PoolRunnerInitializer = {
  name: 'test-processes',
  createPoolWorker: (options) => new TestProcess(options),
};

class TestProcess extends ForksPoolWorker {
  override readonly name = testProcesses.name;
  #isShared = true;

  override send(message: WorkerRequest): void {
    if (message.type === 'run' || message.type === 'collect') this.#isShared &&= isShared(message.context);
    super.send(message);
  }

  canReuse({ context }: PoolTask): boolean {
    return this.#isShared && isShared(context);
  }
}

function isShared({ files }: PoolTask['context']): boolean {
  return !files.some(({ filepath }) => isIntegrationTest(filepath));
}
