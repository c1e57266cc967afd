import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { useCompileCache } from './tools/compile-cache.ts';
import { IntegrationTestsFirst } from './tools/integration-tests-first.ts';
import { testProcesses } from './tools/test-processes.ts';

useCompileCache();

/**
 * Tests run on sources, so nothing needs to be built first. The condition `import` is left to the kind of each import: with the
 * condition here, a `require` inside of a library gets an ES module.
 */
const sources = { resolve: { conditions: ['millrace:source', 'node', 'module'] } };
/** For projects with the SDK of AWS, whose modules by the condition `module` have imports that Node does not resolve. */
const sourcesWithAws = { resolve: { conditions: ['millrace:source', 'node'] } };

/** One project a package, so that `vitest --project @millrace/core` and `nx test` can run one alone. */
const project = (name: string, root: string, ssr = sources) => ({
  extends: true as const,
  ssr,
  test: { name, root, include: ['**/*.spec.ts'] },
});

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', '**/dist/**', '**/guides/.*/**'],
    environment: 'node',
    // Integration tests have a process each all the same.
    pool: testProcesses,
    isolate: false,
    setupFiles: [fileURLToPath(new URL('tools/unchanged-process.ts', import.meta.url))],
    sequence: { sequencer: IntegrationTestsFirst },
    // The default is one less than the cores. One more than the cores, because tests with servers wait most of the time.
    maxWorkers: availableParallelism() + 1,
    // An integration test is bounded by its own limit; everything else runs on virtual time and is quick.
    testTimeout: 120_000,
    // Servers and browsers start in hooks.
    hookTimeout: 240_000,
    // A poll of a browser or a server ends at once on success; one second would be too short on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      project('@millrace/core', 'packages/core'),
      project('@millrace/engine', 'packages/engine'),
      project('@millrace/scheduling', 'packages/scheduling'),
      project('@millrace/wal', 'packages/wal'),
      project('@millrace/remote', 'packages/remote'),
      project('@millrace/threads', 'packages/threads'),
      project('@millrace/nats', 'packages/nats'),
      project('@millrace/testing', 'packages/testing'),
      project('@millrace/observe', 'packages/observe'),
      project('@millrace/dashboard', 'packages/dashboard'),
      project('@millrace/opentelemetry', 'packages/opentelemetry'),
      project('millrace', 'packages/millrace'),
      project('millrace-plugin', 'packages/plugin'),
      project('@millrace/scaffold', 'packages/scaffold'),
      project('create-millrace', 'packages/create-app'),
      project('create-millrace-receiver', 'packages/create-receiver'),
      project('@millrace/connection-kafka', 'packages/connections/kafka'),
      project('@millrace/connection-amqp', 'packages/connections/amqp'),
      project('@millrace/connection-nats', 'packages/connections/nats'),
      project('@millrace/connection-postgres', 'packages/connections/postgres'),
      project('@millrace/connection-redis', 'packages/connections/redis'),
      project('@millrace/receiver-socket', 'packages/receivers/socket'),
      project('@millrace/receiver-files', 'packages/receivers/files'),
      project('@millrace/receiver-replay', 'packages/receivers/replay'),
      project('@millrace/receiver-http', 'packages/receivers/http'),
      project('@millrace/receiver-amqp', 'packages/receivers/amqp'),
      project('@millrace/receiver-mqtt', 'packages/receivers/mqtt'),
      project('@millrace/receiver-kafka', 'packages/receivers/kafka'),
      project('@millrace/receiver-redis', 'packages/receivers/redis'),
      project('@millrace/receiver-nats', 'packages/receivers/nats'),
      project('@millrace/receiver-postgres', 'packages/receivers/postgres'),
      project('@millrace/sink-clickhouse', 'packages/sinks/clickhouse'),
      project('@millrace/receiver-websocket', 'packages/receivers/websocket'),
      project('@millrace/sink-duckdb', 'packages/sinks/duckdb'),
      project('@millrace/sink-files', 'packages/sinks/files'),
      project('@millrace/sink-http', 'packages/sinks/http'),
      project('@millrace/sink-kafka', 'packages/sinks/kafka'),
      project('@millrace/sink-nats', 'packages/sinks/nats'),
      project('@millrace/sink-amqp', 'packages/sinks/amqp'),
      project('@millrace/sink-postgres', 'packages/sinks/postgres'),
      project('@millrace/sink-redis', 'packages/sinks/redis'),
      project('@millrace/sink-s3', 'packages/sinks/s3', sourcesWithAws),
      project('@millrace/sink-sqlite', 'packages/sinks/sqlite'),
      project('@millrace/bench', 'packages/bench'),
      project('@millrace/harness', 'packages/harness'),
      project('@millrace/sim', 'packages/sim'),
      project('@millrace/examples', 'examples'),
      project('tools', 'tools', sourcesWithAws),
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/**/src/**/*.ts'],
      exclude: ['**/*.spec.ts', '**/*.spec-d.ts'],
    },
  },
});
