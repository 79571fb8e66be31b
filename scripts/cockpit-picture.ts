// Draws docs/cockpit.svg: a real session of the built cockpit in a pseudo-terminal, cell by cell.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { IBufferCell, IBufferLine } from '@xterm/headless';
import { startMcpServer } from '@mogplex/server/test/mcp-server';
import { createPerson, makeAccessTokenFor } from '@mogplex/server/test/people';
import { startOpenAiUpstream } from '../test/fakes/index.ts';
import { startGateway } from '../test/support/gateway.ts';
import { Person } from '../test/support/person.ts';
import { runsOf } from '../test/support/run-watch.ts';
import { KEYS, openTerminal, type PseudoTerminal } from '../test/support/terminal.ts';

const COLUMNS = 124;
const ROWS = 34;
const CELL = { width: 8.4, height: 18 };
const PADDING = 14;
const PALETTE = ['#20242c', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0'];
const INK = '#d7dae0';
const PAPER = '#16181d';

const ANSWER = [
  '## The lock comes first\n\nThe lock is taken **before** the file is read, so a second process ',
  'waits and then sees what the first one wrote:\n\n```ts\nawait withFileLock(path, async () => {\n  const document = load();\n',
  '  await atomicWrite(path, edit(document));\n});\n```\n\n- `kill -9` frees it: the kernel holds the lock\n- a torn file cannot appear: ',
  'the new one is renamed into place\n',
];

/** Colour and weight of a cell, as attributes of a `tspan`. */
const lookOf = (cell: IBufferCell): string => {
  const inverse = cell.isInverse() !== 0;
  const colour = cell.isFgPalette() ? (PALETTE[cell.getFgColor() % 8] ?? INK) : INK;
  const parts = [`fill="${inverse ? PAPER : colour}"`];
  if (cell.isBold() !== 0) parts.push('font-weight="700"');
  if (cell.isDim() !== 0) parts.push('opacity="0.6"');
  if (cell.isItalic() !== 0) parts.push('font-style="italic"');
  if (cell.isUnderline() !== 0) parts.push('text-decoration="underline"');
  return parts.join(' ');
};

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const rowOf = (line: IBufferLine, y: number): string => {
  const runs: { look: string; text: string; x: number; inverse: boolean }[] = [];
  for (let x = 0; x < COLUMNS; x += 1) {
    const cell = line.getCell(x);
    if (cell === undefined) continue;
    const look = lookOf(cell);
    const last = runs.at(-1);
    if (last?.look === look) last.text += cell.getChars() || ' ';
    else runs.push({ look, text: cell.getChars() || ' ', x, inverse: cell.isInverse() !== 0 });
  }
  const top = PADDING + y * CELL.height;
  return runs
    .filter((run) => run.text.trim() !== '' || run.inverse)
    .map(({ look, text, x, inverse }) => {
      const left = PADDING + x * CELL.width;
      const width = (text.length * CELL.width).toFixed(1);
      const block = inverse ? `<rect x="${left.toFixed(1)}" y="${top}" width="${width}" height="${CELL.height}" fill="${INK}"/>` : '';
      const shown = escapeXml(inverse ? text : text.trimEnd());
      const length = ((inverse ? text : text.trimEnd()).length * CELL.width).toFixed(1);
      return `${block}<text x="${left.toFixed(1)}" y="${top + 13}" textLength="${length}" xml:space="preserve" ${look}>${shown}</text>`;
    })
    .join('');
};

const pictureOf = (terminal: PseudoTerminal): string => {
  const buffer = terminal.emulator.buffer.active;
  const width = COLUMNS * CELL.width + 2 * PADDING;
  const height = ROWS * CELL.height + 2 * PADDING;
  const rows = Array.from({ length: ROWS }, (_, y) => {
    const line = buffer.getLine(buffer.viewportY + y);
    return line === undefined ? '' : rowOf(line, y);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" role="img" aria-label="The cockpit of Mogplex">`,
    `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">${rows.join('\n')}</g>`,
    '</svg>\n',
  ].join('\n');
};

const home = await mkdtemp(join(tmpdir(), 'mogplex-picture-'));
const folder = join(home, 'example');
await mkdir(join(folder, '.git'), { recursive: true });
await writeFile(join(folder, '.git', 'HEAD'), 'ref: refs/heads/locks\n');
await writeFile(join(folder, '.git', 'config'), '[remote "origin"]\n\turl = https://github.com/example/vault.git\n');
await mkdir(join(home, '.mogplex'), { mode: 0o700 });

const upstream = await startOpenAiUpstream();
const gateway = await startGateway({ dataDir: join(home, 'server') }, { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32' });
await gateway.upstream('openai', upstream.url, 'sk-platform-0000000000000000000000');
const ada = await createPerson(gateway.store, 'ada@example.com');
const web = new Person(gateway.url);
await web.signIn(ada.email, ada.password);
const mcp = await startMcpServer();
for (const [name, auth] of [
  ['tracker', { type: 'none' }],
  ['docs', { type: 'bearer', token: 'tok-picture-000000000000' }],
  ['calendar', { type: 'oauth' }],
] as const) {
  await web.call('POST', '/connections', { kind: 'mcp', name, url: mcp.url, auth });
}
const runs = runsOf(gateway.url, await gateway.makeToken(ada.id, ['read', 'write']));
const settled = async (id: string, status: string): Promise<void> => {
  while ((await runs.get(id)).status !== status) await sleep(50);
};
upstream.answer = { text: ['Done.'], usage: { inputTokens: 40, outputTokens: 3 } };
const { id: finished } = (await runs.start({ prompt: 'Write the release notes' })).data.run;
await settled(finished, 'succeeded');
upstream.fault = 'unauthorized';
const { id: refused } = (await runs.start({ prompt: 'Translate the handbook' })).data.run;
await settled(refused, 'failed');
upstream.fault = undefined;
upstream.answer = { text: Array.from({ length: 600 }, () => 'word '), gapMs: 100 };
const { id: working } = (await runs.start({ prompt: 'Review the locks' })).data.run;
await settled(working, 'running');

const accessToken = await makeAccessTokenFor(gateway.store, ada.id, 'read write');
const account = { origin: gateway.url, email: ada.email, clientId: 'mogplex-cli', accessToken, expiresAt: Date.now() + 3_600_000 };
const stored = { openai: { apiKey: 'sk-stored-000000000000000000000000', savedAt: 1 } };
await writeFile(join(home, '.mogplex', 'auth.json'), JSON.stringify({ version: 1, generation: 1, mogplex: account, providers: stored }), {
  mode: 0o600,
});
upstream.answer = { text: ANSWER, usage: { inputTokens: 41_200, outputTokens: 1_180 } };
const terminal = openTerminal({
  cols: COLUMNS,
  rows: ROWS,
  cwd: folder,
  args: ['--model', 'openai/gpt-5'],
  env: { HOME: home, OPENAI_API_KEY: 'sk-picture-000000000000000000000', OPENAI_BASE_URL: upstream.url, COLORTERM: '' },
});
try {
  await terminal.waitFor((screen) => screen.includes('✓ tracker') && screen.includes('● Review the locks'));
  terminal.write('why can two processes not lose each other’s entries?\r');
  await terminal.waitFor((screen) => screen.includes('42,380 tok') && screen.includes('ask · ready'));
  terminal.write(KEYS.escape);
  await terminal.waitFor((screen) => !/^ mcp calendar/m.test(screen));
  terminal.write('/lo');
  await terminal.waitFor(/\/logout +remove/);
  await writeFile(fileURLToPath(new URL('../docs/cockpit.svg', import.meta.url)), pictureOf(terminal));
  process.stdout.write(`${terminal.text()}\n`);
} finally {
  await terminal[Symbol.asyncDispose]();
  await gateway.close();
  await mcp.close();
  await upstream.close();
  await rm(home, { recursive: true, force: true });
}
