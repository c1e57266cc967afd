// Apache Spark Streaming as a contender, if it was set up: our own small programs on it, in a process of their own.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('../../peers/spark/target', import.meta.url));

/** What JDK 17 has to open to Spark. */
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

/** Why Spark cannot be run here, and what to do; nothing when it can. */
export function sparkAbsence(): string | undefined {
  if (!existsSync(join(TARGET, 'jars')) || !existsSync(join(TARGET, 'spark-peer-1.jar'))) {
    return 'Apache Spark is not set up here; run packages/bench/peers/setup, which needs a JDK 17 and Maven';
  }
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
  } catch {
    return 'there is no java to run Apache Spark with; install a JDK 17';
  }
  return undefined;
}

/** The command that runs one of our classes on Spark. */
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
