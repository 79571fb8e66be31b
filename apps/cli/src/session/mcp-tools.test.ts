import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMcpServer, type TestMcpServer } from '@mogplex/server/test/mcp-server';
import { openAuthFile } from '@mogplex/credentials';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { World } from '../world.ts';
import { createMcpToolbox } from './mcp-tools.ts';

const ORIGIN = 'http://platform.test';
const home = mkdtempSync(join(tmpdir(), 'mogplex-mcp-'));
let mcp: TestMcpServer;
let admitted = 'first-token-of-the-server';

beforeAll(async () => {
  mcp = await startMcpServer({
    admits: ({ authorization }) => authorization === `Bearer ${admitted}`,
    refusal: ({ authorization }) => `{"error":"invalid_token","sent":"${authorization}"}`,
  });
});
afterAll(async () => {
  await mcp.close();
  await rm(home, { recursive: true, force: true });
});

/** A person whose platform names one server, called as the account is; `asked` counts how often. */
const person = () => {
  const state = { env: {} as Record<string, string>, now: 1_000_000, asked: 0, down: false, hangs: false, lines: [] as string[] };
  const send: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (state.hangs && init?.method === 'DELETE') return await new Promise<Response>(() => undefined);
    if (!url.startsWith(ORIGIN)) return await fetch(input, init);
    state.asked += 1;
    if (state.down) throw new TypeError('fetch failed');
    const name = new Headers(init?.headers).get('authorization')?.includes('ada') === true ? 'ada' : 'bob';
    const server = { name, type: 'http', url: mcp.url, headers: { Authorization: `Bearer ${admitted}` } };
    return Response.json({ ok: true, data: { servers: [server], problems: [], withheld: false } });
  };
  const world = {
    get env() {
      return state.env;
    },
    home,
    cwd: home,
    now: () => state.now,
    fetch: send,
  } as unknown as World;
  const toolbox = createMcpToolbox(world, openAuthFile(home, { now: () => state.now }), (line) => void state.lines.push(line));
  const names = async (): Promise<string[]> => (await toolbox.tools(new AbortController().signal)).map(({ name }) => name);
  const account = (token: string): void => {
    state.env = { MOGPLEX_API_KEY: token, MOGPLEX_URL: ORIGIN };
  };
  return { state, toolbox, names, account };
};

test('A9 A14 A16 the tools are those of the account in use, asked for once, and gone with it', async () => {
  const { state, toolbox, names, account } = person();
  expect(await names()).toEqual([]);
  account('mog_ada');
  expect([await names(), await names()]).toEqual([['mcp__ada__echo'], ['mcp__ada__echo']]);
  expect(state.asked).toBe(1);
  account('mog_bob');
  expect(await names()).toEqual(['mcp__bob__echo']);
  state.env = {};
  expect(await names()).toEqual([]);
  expect({ asked: state.asked, lines: state.lines }).toEqual({ asked: 2, lines: [] });
  await toolbox.close();
});

test('A9 a platform that is down costs a line and is asked again after a minute; a token that ended is asked for anew', async () => {
  const { state, toolbox, names, account } = person();
  account('mog_ada');
  state.down = true;
  expect([await names(), await names()]).toEqual([[], []]);
  expect(state.asked).toBe(1);
  expect(state.lines).toHaveLength(1);
  state.down = false;
  state.now += 60_000;
  const [tool] = await toolbox.tools(new AbortController().signal);
  expect(await tool?.call({ text: 'ahoy' })).toBe('ahoy');
  admitted = 'second-token-of-the-server';
  const refusal = await Promise.resolve(tool?.call({ text: 'again' })).catch(String);
  expect(refusal).toContain('invalid_token');
  expect(refusal).not.toContain('first-token');
  const [renewed] = await toolbox.tools(new AbortController().signal);
  expect(await renewed?.call({ text: 'again' })).toBe('again');
  expect(state.asked).toBe(3);
  await toolbox.close();
});

test('A9 an interrupted prompt takes no tools from the next one, and a server that hangs holds nobody up at the end', async () => {
  const { state, toolbox, names, account } = person();
  account('mog_ada');
  await expect(toolbox.tools(AbortSignal.abort())).rejects.toThrow('aborted');
  expect(await names()).toEqual(['mcp__ada__echo']);
  expect(state.lines).toEqual([]);
  state.hangs = true;
  await toolbox.close();
});
