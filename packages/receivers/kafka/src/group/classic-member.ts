// A member by the classic protocol: when members come or go, all join again, and one of them divides the partitions.
import { once } from 'node:events';
import { closeClient, guardErrors } from '@millrace/connection-kafka';
import { Consumer, type ConsumerGroupJoinPayload } from '@platformatic/kafka';
import { kafkaError } from '../kafka-errors.ts';
import {
  type GroupListener,
  type GroupMember,
  type GroupMemberDeps,
  JOIN_AGAIN_MS,
  JOIN_TRIES,
} from './group-member.ts';

const HEARTBEATS_A_SESSION = 3;
const HEARTBEAT_MAX_MS = 3_000;

/** A member of a classic group. The library joins, sends heartbeats and joins again. */
export class ClassicMember implements GroupMember {
  readonly #deps: GroupMemberDeps;
  readonly #client: Consumer;
  #memberId: string | undefined;
  #isLeader = false;
  #isClosed = false;

  /** Makes the client. No connection is opened yet. */
  constructor(deps: GroupMemberDeps) {
    const { group, instanceId, sessionTimeoutMs } = deps.options;
    this.#deps = deps;
    this.#client = new Consumer({
      ...deps.settings,
      groupId: group,
      retries: JOIN_TRIES,
      retryDelay: JOIN_AGAIN_MS,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MAX_MS, Math.ceil(sessionTimeoutMs / HEARTBEATS_A_SESSION)),
      ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
    });
    guardErrors(this.#client);
  }

  /** Joins, and joins again whenever the members change. @throws errors of the client. */
  async join(topicNames: ReadonlyMap<string, string>, listener: GroupListener): Promise<void> {
    for (const topic of topicNames.values()) this.#client.topics.track(topic);
    this.#client.on('consumer:group:join', (payload) => this.#onJoin(payload, listener));
    this.#client.on('error', (error) => this.#tellLost(listener, error));
    this.#client.on('consumer:heartbeat:stalled', ({ lastError }) => this.#tellLost(listener, lastError));
    await this.#client.joinGroup({});
  }

  /** Joins again as the member that divides the partitions; false for every other member. */
  divideAgain(): boolean {
    if (!this.#isLeader) return false;
    this.#client.joinGroup({}).catch((error: unknown) => this.#client.emit('error', error as Error));
    return true;
  }

  /** Leaves the group, unless the member has a name. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // A member with a name stays in the group: its successor takes over. The library leaves only over a connection.
    if (this.#deps.options.instanceId !== undefined) await this.#disconnect();
    await closeClient(this.#client, this.#deps.clock, () => this.#client.close(true));
  }

  #onJoin(
    { memberId, generationId = 0, isLeader = false, assignments = [] }: ConsumerGroupJoinPayload,
    listener: GroupListener,
  ): void {
    if (this.#isClosed) return;
    const { instanceId, group } = this.#deps.options;
    const isAnother = this.#memberId !== undefined && this.#memberId !== memberId;
    if (isAnother && instanceId !== undefined) {
      const message = `the group ${group} has removed the member ${instanceId}: another receiver has the same instanceId, or this process was silent for longer than sessionTimeoutMs`;
      return this.#tellLost(
        listener,
        kafkaError('MR_KAFKA_FENCED', message, { details: { group, instanceId } }),
      );
    }
    if (isAnother)
      this.#deps.log.warn('the group had removed this member; every partition begins again', { group });
    this.#isLeader = isLeader;
    this.#memberId = memberId;
    const assigned = assignments.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    listener.onAssigned({ memberId, generation: generationId, assigned });
  }

  #tellLost(listener: GroupListener, error: unknown): void {
    if (!this.#isClosed) listener.onLost(error);
  }

  async #disconnect(): Promise<void> {
    const closed = [...this.#client.connections].map(async ([, { socket }]) => {
      if (socket === undefined || socket.closed) return;
      const ended = once(socket, 'close');
      socket.destroy();
      await ended;
    });
    await Promise.all(closed);
  }
}
