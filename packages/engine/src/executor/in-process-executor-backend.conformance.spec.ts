import { executorBackendConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { InProcessExecutorBackend } from './in-process-executor-backend.ts';

executorBackendConformance(
  { describe, it },
  {
    name: 'InProcessExecutorBackend',
    module: import.meta.url,
    capabilities: { executors: 3 },
    create: () => ({ backend: new InProcessExecutorBackend({ executors: 3 }) }),
  },
);
