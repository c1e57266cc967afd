import { Duplex } from 'node:stream';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { Exchange } from './exchange.ts';
import { sendAnswer } from './send-answer.ts';

/** A connection whose client reads nothing, or everything. */
function exchangeOn({ reads, hasTurn = true }: { readonly reads: boolean; readonly hasTurn?: boolean }) {
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, written) => {
      if (reads) written();
    },
  }) as Socket;
  const request = new IncomingMessage(socket);
  request.complete = true;
  const response = new ServerResponse(request);
  if (hasTurn) response.assignSocket(socket);
  const exchange = new Exchange({ request, response, awaitsContinue: false, onEnd: () => undefined });
  /** The earlier answers are sent. */
  const giveTurn = () => response.assignSocket(socket);
  return { exchange, socket, giveTurn };
}

describe('sendAnswer', () => {
  const answer = {
    status: 200,
    contentType: 'application/json',
    headers: {},
    body: { accepted: 1 },
  } as const;

  it('closes the connection of a client that does not read its answer in time', async () => {
    const clock = new ManualClock();
    const { exchange, socket } = exchangeOn({ reads: false });
    const { signal } = new AbortController();
    let isOver = false;
    const sent = sendAnswer(exchange, answer, { clock, isLast: false, sendTimeoutMs: 700, signal }).then(
      () => (isOver = true),
    );
    await settle();
    await clock.advance(699);
    expect([isOver, socket.destroyed]).toEqual([false, false]);
    await clock.advance(1);
    await sent;
    expect([socket.destroyed, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('keeps the connection of a client that does', async () => {
    const clock = new ManualClock();
    const { exchange, socket } = exchangeOn({ reads: true });
    const { signal } = new AbortController();
    await sendAnswer(exchange, answer, { clock, isLast: false, sendTimeoutMs: 700, signal });
    expect([socket.destroyed, clock.pendingTimers]).toEqual([false, 0]);
  });

  it('gives an answer behind other answers its whole time, from the moment that the others are sent', async () => {
    const clock = new ManualClock();
    const { exchange, socket, giveTurn } = exchangeOn({ reads: false, hasTurn: false });
    const { signal } = new AbortController();
    const sent = sendAnswer(exchange, answer, { clock, isLast: false, sendTimeoutMs: 700, signal });
    await settle();
    // Each step is a check of the answer: a queued answer has no running time.
    for (let look = 0; look < 5; look += 1) await clock.advance(700);
    expect([socket.destroyed, clock.pendingTimers]).toEqual([false, 1]);
    giveTurn();
    await clock.advance(1_399);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    await sent;
    expect([socket.destroyed, clock.pendingTimers]).toEqual([true, 0]);
  });
});
