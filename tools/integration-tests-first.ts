// The order of test files. Integration tests wait for servers, browsers and processes and are the longest files: at the end of a
// run they would leave processors idle, at the beginning the short tests fill the gaps.
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { isIntegrationTest } from './test-processes.ts';

/** Runs `*.int.spec.ts` before other files. */
export class IntegrationTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isIntegration = ({ moduleId }: TestSpecification): boolean => isIntegrationTest(moduleId);
    return [...sorted.filter(isIntegration), ...sorted.filter((file) => !isIntegration(file))];
  }
}
