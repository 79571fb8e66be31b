import { randomBytes } from 'node:crypto';
import { execEvent, type ExecEvent, PROVIDERS } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import { type Fault, UPSTREAMS } from './fakes/index.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';

const KEY = `canary-${randomBytes(16).toString('hex')}`;

const eventsOf = (stdout: string): ExecEvent[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => execEvent.parse(JSON.parse(line)));

/** What goes wrong, with the exit code and what the error has to say. */
const FAULTS: readonly [Fault, number, Record<string, unknown>][] = [
  ['unauthorized', 64, { code: 'unauthenticated' }],
  ['rate-limited', 75, { code: 'rate_limited', retryAfter: 7 }],
  ['overloaded', 69, { code: 'unavailable' }],
  ['cut', 69, { code: 'upstream_error' }],
  ['ends-early', 69, { code: 'upstream_error' }],
  ['malformed', 69, { code: 'upstream_error' }],
];

describe.each(PROVIDERS)('the built program asks $id', ({ id, envVar, baseUrlEnvVar }) => {
  const model = `${id}/any-model`;

  test(`A2 A20 ${id} at its base URL with the key of ${envVar}: text, a tool call, usage`, async () => {
    await using home = await makeMogplexHome();
    await using upstream = await UPSTREAMS[id]();
    upstream.answer = { text: ['Let me ', 'see.'], toolCall: { id: 'call_1', name: 'look', input: '{"at":"x"}' } };
    const { code, stdout, stderr } = await home.run(['exec', '--json', '--model', model, 'hello'], {
      [envVar]: KEY,
      [baseUrlEnvVar]: upstream.url,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = eventsOf(stdout);
    expect(events[0]).toMatchObject({ type: 'start', model, source: `env ${envVar}`, overrides: [] });
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')).toBe('Let me see.');
    expect(events.find((event) => event.type === 'tool_call')).toMatchObject({ name: 'look', input: '{"at":"x"}' });
    expect(events.slice(-2)).toEqual([
      { type: 'usage', inputTokens: 11, outputTokens: 5 },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]?.credentialIs(KEY)).toBe(true);
  });

  test.each(FAULTS)(
    `A20 B22 ${id} when it is %s ends with exit code %i, told by the boundary and without the key`,
    async (fault, exit, error) => {
      await using home = await makeMogplexHome();
      await using upstream = await UPSTREAMS[id]();
      upstream.fault = fault;
      const env = { [envVar]: KEY, [baseUrlEnvVar]: upstream.url };
      const { code, stdout, stderr } = await home.run(['exec', '--json', '--model', model, 'hello'], env);
      expect({ code, last: eventsOf(stdout).at(-1) }).toMatchObject({
        code: exit,
        last: { type: 'error', error: { ...error, boundary: 'model' } },
      });
      expect(stdout + stderr + [...(await home.logs()).values()].join('')).not.toContain(KEY);
      expect(upstream.requests).toHaveLength(1);
    },
  );

  test.each([
    ['a line break', 'canary-key\nwith-0123456789'],
    ['a letter of no header', 'canary-schl\u00fcssel-\u6f22-0123456789'],
  ])(`A20 B22 ${id} with a key that holds %s: nothing is sent, and the error names the key's place and not the key`, async (_, key) => {
    await using home = await makeMogplexHome();
    await using upstream = await UPSTREAMS[id]();
    const { code, stdout, stderr } = await home.run(['exec', '--model', model, 'hello'], { [envVar]: key, [baseUrlEnvVar]: upstream.url });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(`(env ${envVar}) holds a character that cannot be sent`);
    expect(stderr).not.toContain('canary');
    expect(upstream.requests).toHaveLength(0);
  });
});
