// `kafkaGroup` over a real broker: members that come and go, beginnings, gaps, names, and what the group knows.
import { setTimeout } from 'node:timers/promises';
import { isMillraceError, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext, untilTrue } from '@millrace/testing';
import { describe, expect, onTestFinished } from 'vitest';
import { kafkaGroup, type KafkaGroupInput } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { withKafka } from './with-kafka.ts';

/** Longer than a busy machine lets a member stand still. */
const SESSION_MS = 8_000;

const { itWithKafka } = withKafka(2, { GROUP_SESSION_MS: String(SESSION_MS) });

const PROTOCOLS = ['classic', 'consumer'] as const;

/** A member of a group, without a proxy unless the options say otherwise; ends with the test. */
class Member {
  readonly context = new RecordingReceiverContext({ clock: new SystemClock() });
  readonly receiver: Receiver<unknown>;
  #isEnded = false;

  constructor(broker: Broker, topic: string, options: Partial<KafkaGroupInput> = {}) {
    this.receiver = kafkaGroup({
      host: '127.0.0.1',
      port: broker.kafka.port,
      group: topic,
      topics: [topic],
      sessionTimeoutMs: SESSION_MS,
      ...options,
    }).create();
    onTestFinished(() => this.end());
  }

  static async start(broker: Broker, topic: string, options: Partial<KafkaGroupInput> = {}): Promise<Member> {
    const member = new Member(broker, topic, options);
    await member.context.start(member.receiver);
    return member;
  }

  get values(): readonly unknown[] {
    return this.context.records;
  }

  /** Acknowledges everything that is stored now. */
  acknowledge(): Promise<void> {
    return this.context.acknowledge(this.receiver);
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.context.end(this.receiver);
  }
}

const messages = (values: readonly number[], partition = 0) =>
  values.map((value) => ({ value: String(value), partition }));
const has = (member: Member, count: number) => untilTrue(() => member.values.length >= count);
const sorted = (members: readonly Member[]) =>
  members.flatMap(({ values }) => values).toSorted((a, b) => Number(a) - Number(b));

for (const groupProtocol of PROTOCOLS) {
  const start = (broker: Broker, topic: string, options: Partial<KafkaGroupInput> = {}): Promise<Member> =>
    Member.start(broker, topic, { groupProtocol, ...options });

  describe(`a member of a group (${groupProtocol})`, () => {
    itWithKafka('commits behind acknowledged records only, once nothing before is open', async (broker) => {
      const topic = await broker.topic(2);
      await broker.write(topic, [...messages([0, 1, 2]), ...messages([10, 11], 1)]);
      const member = await start(broker, topic);
      await has(member, 5);
      expect(await broker.committed(topic, topic, 2)).toEqual([0, 0]);
      const first = member.context.unacknowledged.findIndex(
        (token) => (token as { progress: { partition: number } }).progress.partition === 1,
      );
      const [token] = member.context.unacknowledged.splice(first, 1);
      await member.receiver.acknowledge?.([token]);
      expect(await broker.committed(topic, topic, 2)).toEqual([0, 1]);
      await member.acknowledge();
      expect(await broker.committed(topic, topic, 2)).toEqual([3, 2]);
      expect(member.receiver.gauges?.()).toEqual({ lagRecords: 0 });
    });

    itWithKafka('commits over messages that are left out, without any record behind', async (broker) => {
      const topic = await broker.topic();
      await broker.write(topic, [{ value: '{' }, { value: '1' }, { value: '}' }]);
      const member = await start(broker, topic, { onMalformed: 'skip' });
      await has(member, 1);
      await untilTrue(async () => (await broker.committed(topic, topic, 1))[0] === 1);
      await member.acknowledge();
      expect(await broker.committed(topic, topic, 1)).toEqual([3]);
    });

    itWithKafka('begins where the options say, and commits the beginning', async (broker) => {
      const topic = await broker.topic();
      await broker.write(topic, messages([0, 1]));
      const latest = await start(broker, topic, { from: 'latest' });
      await untilTrue(async () => (await broker.committed(topic, topic, 1))[0] === 2);
      await latest.end();
      await broker.write(topic, messages([2]));
      const next = await start(broker, topic, { from: 'latest' });
      await has(next, 1);
      expect(next.values).toEqual([2]);
    });

    itWithKafka('reads what an ended member has not acknowledged', async (broker) => {
      const topic = await broker.topic();
      await broker.write(topic, messages([0, 1, 2]));
      const first = await start(broker, topic);
      await has(first, 3);
      await first.context.acknowledge(first.receiver, 1);
      await first.end();
      const second = await start(broker, topic);
      await has(second, 2);
      expect(second.values).toEqual([1, 2]);
    });
  });

  describe(`members that come and go (${groupProtocol})`, () => {
    itWithKafka('share the partitions, and every record is stored', async (broker) => {
      const topic = await broker.topic(4);
      const members = [await start(broker, topic)];
      const write = async (from: number): Promise<void> => {
        const ids = Array.from({ length: 20 }, (_, index) => from + index);
        await broker.write(
          topic,
          ids.flatMap((id) => messages([id], id % 4)),
        );
      };
      const acknowledging = setInterval(() => {
        for (const member of members) void member.acknowledge().catch(() => undefined);
      }, 50);
      onTestFinished(() => clearInterval(acknowledging));
      await write(0);
      members.push(await start(broker, topic));
      await write(20);
      members.push(await start(broker, topic));
      await write(40);
      await members[0]?.end();
      await write(60);
      let written = 80;
      const isStored = () => new Set(sorted(members)).size === written;
      await untilTrue(isStored);
      // Partitions move one after the other.
      while (members.some(({ values }) => values.length === 0)) {
        await write(written);
        written += 20;
        await untilTrue(isStored);
      }
      const ids = Array.from({ length: written }, (_, id) => id);
      expect([...new Set(sorted(members))]).toEqual(ids);
      await untilTrue(async () =>
        (await broker.committed(topic, topic, 4)).every((offset) => offset === written / 4),
      );
      expect(members.flatMap(({ context }) => context.restarts)).toEqual([]);
    });

    itWithKafka(
      'keep the records of partitions that stay: nothing of these is stored twice',
      async (broker) => {
        const topic = await broker.topic(2);
        await broker.write(topic, [...messages([0, 1]), ...messages([10, 11], 1)]);
        const first = await start(broker, topic);
        await has(first, 4);
        // Nothing is acknowledged when the second member comes.
        const second = await start(broker, topic);
        await has(second, 2);
        await broker.write(topic, [...messages([2]), ...messages([12], 1)]);
        await untilTrue(() => new Set(sorted([first, second])).size === 6);
        await setTimeout(500);
        const counts = Map.groupBy(first.values, (value) => value);
        expect([...counts.values()].every(({ length }) => length === 1)).toBe(true);
        expect(second.values).toHaveLength(3);
      },
    );

    itWithKafka('never move the offset of a partition back that was given away', async (broker) => {
      const topic = await broker.topic(2);
      await broker.write(topic, [...messages([0, 1, 2]), ...messages([10, 11, 12], 1)]);
      const first = await start(broker, topic);
      await has(first, 6);
      const second = await start(broker, topic);
      await has(second, 3);
      await second.acknowledge();
      const before = await broker.committed(topic, topic, 2);
      expect(before.toSorted((a, b) => a - b)).toEqual([0, 3]);
      // The tokens of the partition that the second member has got are of no effect.
      await first.context.acknowledge(first.receiver, 1);
      await first.context.acknowledge(first.receiver, 3);
      const moved = before.indexOf(3);
      expect((await broker.committed(topic, topic, 2))[moved]).toBe(3);
      await first.acknowledge();
      expect(await broker.committed(topic, topic, 2)).toEqual([3, 3]);
    });

    itWithKafka('give the partitions of a silent member to the others', async (broker) => {
      const topic = await broker.topic(2);
      const [proxy] = broker.kafka.proxies;
      if (proxy === undefined) throw new Error('no proxy');
      await broker.write(topic, [...messages([0]), ...messages([10], 1)]);
      const silent = await start(broker, topic, { port: proxy.port });
      await has(silent, 2);
      proxy.stall();
      const other = await start(broker, topic);
      await has(other, 2);
      await other.acknowledge();
      proxy.flow();
      // The fenced member commits nothing for partitions of the other.
      await silent.acknowledge().catch(() => undefined);
      expect(await broker.committed(topic, topic, 2)).toEqual([1, 1]);
    });

    itWithKafka('find partitions that a topic gets later', async (broker) => {
      const topic = await broker.topic(1);
      const member = await start(broker, topic);
      await broker.addPartitions(topic, 2);
      await broker.write(topic, messages([7], 1));
      await has(member, 1);
      expect(member.values).toEqual([7]);
    });
  });
}

itWithKafka('a group changes its protocol while it runs', async (broker) => {
  const topic = await broker.topic(2);
  const classic = await Member.start(broker, topic);
  await broker.write(topic, [...messages([0]), ...messages([10], 1)]);
  await has(classic, 2);
  await classic.acknowledge();
  const next = await Member.start(broker, topic, { groupProtocol: 'consumer' });
  await untilTrue(() => next.receiver.gauges?.().lagRecords !== undefined);
  await broker.write(topic, [...messages([1]), ...messages([11], 1)]);
  await untilTrue(() => new Set(sorted([classic, next])).size === 4);
  expect([...new Set(sorted([classic, next]))]).toEqual([0, 1, 10, 11]);
  await Promise.all([classic.acknowledge(), next.acknowledge()]);
  await classic.end();
  await broker.write(topic, [...messages([2]), ...messages([12], 1)]);
  await untilTrue(() => [2, 12].every((value) => next.values.includes(value)));
  expect([...classic.context.restarts, ...next.context.restarts]).toEqual([]);
});

describe('a member with a name', () => {
  itWithKafka('gets its partitions back at once after a crash', async (broker) => {
    const topic = await broker.topic(2);
    const [proxy] = broker.kafka.proxies;
    if (proxy === undefined) throw new Error('no proxy');
    const options = { instanceId: 'reader-1', sessionTimeoutMs: 600_000 };
    const crashed = await Member.start(broker, topic, { ...options, port: proxy.port });
    await broker.write(topic, messages([0]));
    await has(crashed, 1);
    // Without a word to the group, like a killed process.
    await proxy.setReachable(false);
    onTestFinished(() => proxy.setReachable(true));
    // Long before the end of the session: every wait of a test is bounded by half a minute.
    const next = await Member.start(broker, topic, options);
    await has(next, 1);
  });

  for (const groupProtocol of PROTOCOLS) {
    itWithKafka(`is restarted when another receiver takes the name (${groupProtocol})`, async (broker) => {
      const topic = await broker.topic(1);
      const options = { instanceId: 'reader-1', groupProtocol };
      const first = await Member.start(broker, topic, options);
      const second = await Member.start(broker, topic, options);
      await untilTrue(() => first.context.restarts.length + second.context.restarts.length > 0);
      const [{ error } = { error: undefined }] = [...first.context.restarts, ...second.context.restarts];
      expect(isMillraceError(error, 'MR_KAFKA_FENCED')).toBe(true);
    });

    itWithKafka(
      `keeps its partitions through a restart: no other member gets a record twice (${groupProtocol})`,
      async (broker) => {
        const topic = await broker.topic(2);
        const first = await Member.start(broker, topic, { instanceId: 'a', groupProtocol });
        const second = await Member.start(broker, topic, { instanceId: 'b', groupProtocol });
        // Has a partition, and an answer about the partition.
        await untilTrue(() => second.receiver.gauges?.().lagRecords !== undefined);
        await broker.write(topic, [...messages([0]), ...messages([10], 1)]);
        await untilTrue(() => first.values.length + second.values.length >= 2);
        await Promise.all([first.acknowledge(), second.acknowledge()]);
        await first.end();
        const again = await Member.start(broker, topic, { instanceId: 'a', groupProtocol });
        await broker.write(topic, [...messages([1]), ...messages([11], 1)]);
        await untilTrue(() => again.values.length + second.values.length >= 3);
        expect(sorted([first, second, again])).toEqual([0, 1, 10, 11]);
      },
    );
  }
});

describe('a gap', () => {
  const gap = async (broker: Broker): Promise<string> => {
    const topic = await broker.topic();
    await broker.write(topic, messages([0, 1, 2, 3]));
    const before = await Member.start(broker, topic);
    await has(before, 4);
    await before.context.acknowledge(before.receiver, 1);
    await before.end();
    await broker.removeBefore(topic, 3);
    return topic;
  };

  itWithKafka('ends the receiver, and nothing is committed', async (broker) => {
    const topic = await gap(broker);
    const { context } = await Member.start(broker, topic);
    await untilTrue(() => context.stops.length > 0);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_KAFKA_GAP', details: { first: 3 } } }]);
    expect([context.records, context.restarts]).toEqual([[], []]);
    expect(await broker.committed(topic, topic, 1)).toEqual([1]);
  });

  itWithKafka("is reported and passed with onGap: 'earliest'", async (broker) => {
    const topic = await gap(broker);
    const member = await Member.start(broker, topic, { onGap: 'earliest' });
    await has(member, 1);
    expect(member.values).toEqual([3]);
    expect(member.context.errors).toMatchObject([{ error: { code: 'MR_KAFKA_GAP' } }]);
    await member.acknowledge();
    expect(await broker.committed(topic, topic, 1)).toEqual([4]);
  });
});

itWithKafka('an unknown topic is an error at the start, or is made on request', async (broker) => {
  const missing = await Member.start(broker, 'nowhere-yet');
  const [{ error } = { error: undefined }] = missing.context.restarts;
  expect(isMillraceError(error, 'MR_KAFKA_TOPIC_UNKNOWN') && error.disposition).toBe('stop-engine');
  const topic = `${await broker.topic()}-made`;
  const made = await Member.start(broker, topic, { create: true });
  expect(made.context.restarts).toEqual([]);
  await broker.write(topic, messages([1]));
  await has(made, 1);
});

itWithKafka('a member may stop while it joins', async (broker) => {
  const topic = await broker.topic();
  const first = await Member.start(broker, topic);
  const second = new Member(broker, topic);
  const starting = second.context.start(second.receiver);
  await setTimeout(20);
  await second.end();
  await starting;
  expect(second.context.restarts).toEqual([]);
  await broker.write(topic, messages([1]));
  await has(first, 1);
});
