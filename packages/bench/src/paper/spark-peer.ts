// Apache Spark Streaming as a contender, if installed: our own small programs for Spark, in a separate process.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('../../peers/spark/target', import.meta.url));

/** The modules of JDK 17 that Spark needs opened. */
const OPENED = [
  'java.base/java.lang',
  'java.base/java.lang.invoke',
  'java.base/java.net',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/sun.nio.ch',
  'java.base/sun.security.action',
];

/** The reason why Spark cannot run here, with a remedy; undefined when Spark can run. */
export function sparkAbsence(): string | undefined {
  if (!existsSync(join(TARGET, 'jars')) || !existsSync(join(TARGET, 'spark-peer-1.jar'))) {
    return 'Apache Spark is not set up here; run packages/bench/peers/setup, which needs a JDK 17 and Maven';
  }
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
  } catch {
    return 'found no java for Apache Spark; install a JDK 17';
  }
  return undefined;
}

/** The command for one of our classes on Spark. */
export function sparkCommand(mainClass: string, ...args: string[]): readonly [string, ...string[]] {
  return [
    'java',
    '-Xmx4g',
    ...OPENED.map((module) => `--add-opens=${module}=ALL-UNNAMED`),
    '-cp',
    `${join(TARGET, 'spark-peer-1.jar')}:${join(TARGET, 'jars', '*')}`,
    `millrace.bench.${mainClass}`,
    ...args,
  ];
}
