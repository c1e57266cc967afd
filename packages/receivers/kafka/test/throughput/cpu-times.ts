// CPU times of programs that read one topic: the client library alone, and a whole engine.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Broker } from '../broker.ts';

const MESSAGES_AT_ONCE = 5_000;

/** The runs to compare. */
export interface ComparedRuns {
  readonly broker: Broker;
  readonly topic: string;
  /** A partition by offset, without commits; or a group, with commits. */
  readonly kind: 'partition' | 'group';
  readonly records: number;
  /** Runs of each program, in turns; the fastest counts. */
  readonly runs: number;
}

/** Milliseconds of CPU time, user and system, per million records. */
export interface CpuTimes {
  readonly bare: number;
  readonly engine: number;
}

/** A topic with records of about a hundred bytes. */
export async function fillTopic(broker: Broker, records: number): Promise<string> {
  const topic = await broker.topic();
  for (let sent = 0; sent < records; sent += MESSAGES_AT_ONCE) {
    const messages = Array.from({ length: Math.min(MESSAGES_AT_ONCE, records - sent) }, (_, index) => ({
      value: JSON.stringify({
        id: sent + index,
        customer: `customer-${index % 97}`,
        amount: index % 13,
        currency: 'EUR',
      }),
    }));
    await broker.writeAtOnce(topic, messages);
  }
  return topic;
}

/** Runs both programs. */
export async function cpuOf({ broker, topic, kind, records, runs }: ComparedRuns): Promise<CpuTimes> {
  const args = [kind, broker.kafka.port, topic, records].map(String);
  const fastest = { bare: Infinity, engine: Infinity };
  for (let run = 0; run < runs; run += 1) {
    for (const [name, program] of [
      ['bare', 'bare-client.ts'],
      ['engine', 'engine.ts'],
    ] as const) {
      const cpuMs = (await cpuMsOf(program, args)) * (1_000_000 / records);
      fastest[name] = Math.min(fastest[name], cpuMs);
    }
  }
  return fastest;
}

async function cpuMsOf(program: string, args: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const command = ['--conditions=millrace:source', file, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs;
}
