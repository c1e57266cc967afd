// The two protocols by which a member takes part in a group.
import type { Clock, Logger } from '@millrace/core';
import type { BaseOptions } from '@platformatic/kafka';
import type { Membership } from './assigned-partitions.ts';
import type { KafkaGroupOptions } from './group-options.ts';

/** The reports of a member. */
export interface GroupListener {
  /** The group has given partitions to this member, in a new generation. */
  readonly onAssigned: (membership: Membership) => void;
  /** The member has lost the group for good. */
  readonly onLost: (error: unknown) => void;
}

/** Collaborators of a member. */
export interface GroupMemberDeps {
  readonly options: KafkaGroupOptions;
  readonly settings: BaseOptions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A member of a group. */
export interface GroupMember {
  /**
   * Joins the group. Resolves when the group has decided; the decision goes to the listener.
   *
   * @param topicNames Names of the topics by their ids.
   * @throws errors of the client.
   */
  join(topicNames: ReadonlyMap<string, string>, listener: GroupListener): Promise<void>;
  /** Topics have other numbers of partitions. True when this member lets the group divide again. */
  divideAgain(): boolean;
  /** Leaves the group and closes every connection; never rejects. May be repeated. */
  close(): Promise<void>;
}

/** Joining meets other members that join, and coordinators that move. */
export const JOIN_TRIES = 40;
/** The wait between two of these tries. */
export const JOIN_AGAIN_MS = 250;
