import { describe, expect, test } from 'vitest';
import { failureOf, type Peer, readRetryAfter, safeWords } from './failure.ts';

const peer: Peer = { label: 'Acme', credential: 'env ACME_KEY', refusedHint: 'Set ACME_KEY.' };
const NOW = Date.parse('2026-01-01T00:00:00Z');

const failure = (status: number, body: string, headers: Record<string, string> = {}) =>
  failureOf(new Response(null, { status, headers }), body, peer, NOW);

test.each([
  [{ 'retry-after': '7' }, 7],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:30 GMT' }, 90],
  [{ 'retry-after': 'Thu, 01 Jan 2020 00:00:00 GMT' }, 0],
  [{ 'retry-after-ms': '1500', 'retry-after': '60' }, 2],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('A20 Retry-After %o is %s seconds', (headers, seconds) => {
  expect(readRetryAfter(new Headers(headers), NOW)).toBe(seconds);
});

describe('A20 B22 what a failing status means', () => {
  test.each([
    ['{"error":{"message":"too long"}}', 400, 'invalid_request', /refused the request \(status 400\): too long/],
    ['[{"error":{"message":"no such model"}}]', 404, 'not_found', /no such model/],
    ['{"message":"slow down"}', 429, 'rate_limited', /slow down/],
    ['{"detail":"pay first"}', 402, 'out_of_credit', /pay first/],
    ['<html>Bad gateway</html>', 502, 'upstream_error', /failed \(status 502\)$/],
    ['', 504, 'upstream_timeout', /ran out of time/],
    ['not json', 413, 'payload_too_large', /too long for Acme$/],
  ] as const)('%s with %i is %s', (body, status, code, words) => {
    const error = failure(status, body);
    expect(error).toMatchObject({ code, boundary: 'model' });
    expect(error.message).toMatch(words);
  });

  test('a refused credential is named by its source, and the words of the other side are not repeated', () => {
    const error = failure(401, '{"error":{"message":"Incorrect API key provided: sk-ab***yz"}}');
    expect(error).toMatchObject({ code: 'unauthenticated', hint: 'Set ACME_KEY.' });
    expect(error.message).toBe('Acme refused the credential (env ACME_KEY)');
  });

  test('the platform states code, boundary and request id itself', () => {
    const headers = { 'x-mogplex-error': 'no_model_access', 'x-mogplex-boundary': 'model', 'x-request-id': 'req_1' };
    const error = failure(403, '{"error":{"message":"no model access: the plan does not include it (model, request req_1)"}}', headers);
    expect(error).toMatchObject({ code: 'no_model_access', requestId: 'req_1', message: 'no model access: the plan does not include it' });
    const strange = failure(403, '{}', { 'x-mogplex-error': 'toString', 'x-mogplex-boundary': 'nowhere' });
    expect(strange).toMatchObject({ code: 'forbidden', boundary: 'model' });
  });

  test('a provider that refuses the key of the platform says nothing about the credential of the person', () => {
    expect(failure(401, '{}', { 'x-mogplex-error': 'upstream_error' }).code).toBe('upstream_error');
    expect(failure(429, '{}', { 'x-mogplex-error': 'upstream_error', 'retry-after': '3' })).toMatchObject({
      code: 'rate_limited',
      retryAfter: 3,
    });
  });
});

test('D1 words from outside are one line without escape sequences, made-up secrets and length', () => {
  const hostile = `\u001b]52;c;aGk=\u0007over\u001b[2J\nloaded \u202e sk-proj-${'a1B2'.repeat(12)} ${'x'.repeat(1_000)}`;
  const words = safeWords(hostile);
  expect(words).toMatch(/^over loaded /);
  for (const unwanted of ['\u001b', '\n', '\u202e', 'a1B2a1B2']) expect(words).not.toContain(unwanted);
  expect(words.length).toBeLessThan(410);
});
