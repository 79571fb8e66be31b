import { afterAll, beforeAll, expect, test } from 'vitest';
import { visit } from '@moxxy/plugin-oauth/test/person';
import { startStrictServer, type StrictServer } from '@moxxy/plugin-oauth/test/strict-server';
import { makeMoxxyHome, pluginOfDocs } from './support/moxxy.ts';
import { KEYS, openTerminal } from './support/terminal.ts';

let server: StrictServer;

beforeAll(async () => {
  server = await startStrictServer();
});

afterAll(() => server.close());

test('A12 C2 C5 C12 /login <provider> signs in to a provider that a plugin brings, and /help lists the skills of plugins', async () => {
  await using home = await makeMoxxyHome();
  await home.addPlugin('acme.mjs', await pluginOfDocs());
  const { BROWSER: _none, ...env } = home.env;
  await using terminal = openTerminal({
    cols: 120,
    rows: 40,
    cwd: home.path,
    env: { ...env, ACME_URL: server.issuer, OPENAI_API_KEY: 'sk-plugin-canary-0000000000000000' },
  });
  await terminal.waitFor('Ask something');
  terminal.write('/login acme\r');
  const screen = await terminal.waitFor(/Code \S+/);
  expect(screen).toContain('Sign in to Acme AI');
  await visit(/https?:\/\/\S+/.exec(screen)?.[0] ?? '');
  await terminal.waitFor('Signed in to Acme AI', 60_000);
  expect(await home.run(['login', 'status', 'acme'], { ACME_URL: server.issuer })).toMatchObject({ code: 0 });
  await terminal.waitFor((shown) => shown.includes('acme/acme-large') && shown.includes('acme · stored login (acme)'));
  terminal.write('/help\r');
  await terminal.waitFor('Commands');
  for (let page = 0; page < 4; page += 1) terminal.write(KEYS.pageDown);
  await terminal.waitFor('Skills');
});
