import { randomBytes } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import { knownValues } from '@mogplex/redaction';
import { expect, test } from 'vitest';
import type { EventContent } from './agents/agent.ts';
import { messageEvent, runErrorOf, safeEvent, titleOf } from './events.ts';

const stored = (data: object): unknown => JSON.parse(safeEvent({ type: 'notice', data } as EventContent).data);

test('B16 whatever an agent says is masked by name and by value, and capped in depth, length, count and size', () => {
  const known = `known${randomBytes(12).toString('hex')}`;
  knownValues.register(known, 'test');
  const deep = (levels: number): object => (levels === 0 ? { end: 'too deep' } : { inner: deep(levels - 1) });
  const safe = stored({
    apiKey: 'anything',
    password: 'hunter2',
    headers: { Authorization: 'Bearer abcdefghijklmnop' },
    text: `${known} and ${Buffer.from(known).toString('base64')}`,
    long: 'x'.repeat(5_000),
    list: Array.from({ length: 100 }, (_one, index) => index),
    deep: deep(20),
    inputTokens: 5,
  }) as { long: string; list: number[]; inputTokens: number };
  const text = JSON.stringify(safe);
  for (const secret of ['anything', 'hunter2', 'abcdefghijklmnop', known, Buffer.from(known).toString('base64').slice(2, -4), 'too deep']) {
    expect(text).not.toContain(secret);
  }
  expect(safe.long).toHaveLength(2_000);
  expect(safe.list.length).toBeLessThanOrEqual(25);
  expect(safe.inputTokens).toBe(5);
  const huge = Object.fromEntries(Array.from({ length: 24 }, (_one, index) => [`k${index}`, 'y'.repeat(1_999)]));
  expect(JSON.stringify(stored(huge)).length).toBeLessThanOrEqual(20_000);
});

test('B16 B22 an error and a title are one harmless line, masked before they are cut', () => {
  const secret = `ghp_${'Ab1'.repeat(12)}`;
  const error = new MogplexError('upstream_error', `\u001b[31mfailed\n${'x'.repeat(980)} ${secret}`, {
    boundary: 'model',
    requestId: 'req_of_the_call',
  });
  const told = runErrorOf(error, 'req_of_the_start');
  expect(told).toMatchObject({ code: 'upstream_error', boundary: 'model', requestId: 'req_of_the_call' });
  expect(told.message).toMatch(/^failed x/);
  expect(told.message).not.toContain('ghp_Ab1');
  expect(runErrorOf(new MogplexError('internal', 'x', { boundary: 'run' }), 'req_of_the_start').requestId).toBe('req_of_the_start');
  expect(titleOf(`${'y'.repeat(100)} ${secret}`)).not.toContain('ghp_Ab1');
  // What is invisible inside a secret must not hide it, and then go.
  for (const inside of ['\u200b', '\u001b[0m', '\u0007']) {
    const hidden = secret.slice(0, 12) + inside + secret.slice(12);
    expect(titleOf(hidden)).not.toContain(secret);
    expect(runErrorOf(new MogplexError('internal', hidden, { boundary: 'run', hint: hidden }), 'req_x')).not.toMatchObject({
      message: secret,
    });
  }
  expect(JSON.parse(messageEvent('user', 'z'.repeat(2_001)).data)).toMatchObject({ truncated: true });
});
