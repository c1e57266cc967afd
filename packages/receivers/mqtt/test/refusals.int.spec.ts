// Answers of brokers that end a connection, or that restrict a session.
import { untilTrue } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { mqttTopics } from '../src/index.ts';
import { scriptedBroker, type ScriptedAnswers } from './scripted-broker.ts';

async function start(answers: ScriptedAnswers): Promise<RunningReceiver> {
  const port = await scriptedBroker(answers);
  return await RunningReceiver.start(mqttTopics({ host: '127.0.0.1', port, topics: ['a/#'], clientId: 'c' }));
}

describe('a broker', () => {
  it.each([
    ['refuses the version', { connack: 132 }, 'MR_MQTT_VERSION_REFUSED', 'stop-engine'],
    ['refuses the user', { connack: 134 }, 'MR_MQTT_DENIED', 'back-off'],
    ['is busy', { connack: 137 }, 'MR_MQTT_UNREACHABLE', 'back-off'],
    ['wants another server', { connack: 156 }, 'MR_MQTT_FAILED', 'back-off'],
    ['grants quality of service 0 only', { suback: 0 }, 'MR_MQTT_QOS_REFUSED', 'stop-engine'],
    ['knows no wildcards', { suback: 162 }, 'MR_MQTT_TOPIC_REFUSED', 'stop-engine'],
    ['permits no topic', { suback: 135 }, 'MR_MQTT_DENIED', 'back-off'],
    ['permits no topic, without a reason', { suback: 128 }, 'MR_MQTT_DENIED', 'back-off'],
  ] as const)('that %s fails the start', async (_, answers, code, disposition) => {
    const { context } = await start(answers);
    expect(context.restarts).toMatchObject([{ error: { code, disposition } }]);
  });

  it.each([
    ['has another client of this name', 142, 'MR_MQTT_SESSION_TAKEN'],
    ['shuts down', 139, 'MR_MQTT_UNREACHABLE'],
    ['has a quota', 151, 'MR_MQTT_FAILED'],
  ])('that %s restarts the receiver, with the reason', async (_, disconnect, code) => {
    const receiver = await start({ disconnect });
    await untilTrue(() => receiver.restartCode !== undefined);
    expect(receiver.restartCode).toBe(code);
    expect(receiver.context.restarts).toHaveLength(1);
    expect(receiver.context.restarts[0]?.error).toMatchObject({ details: { reasonCode: disconnect } });
  });

  it('that has a message at quality of service 2 from before ends the exchange', async () => {
    let isCompleted = false;
    const receiver = await start({ message: { text: '7', onCompleted: () => (isCompleted = true) } });
    await receiver.has(1);
    expect(receiver.records).toEqual([7]);
    await untilTrue(() => isCompleted);
  });

  it('that keeps the session for a shorter time is told in the log', async () => {
    const { context } = await start({ expirySeconds: 60 });
    expect(context.log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ grantedSeconds: 60 }) }),
    );
  });
});
