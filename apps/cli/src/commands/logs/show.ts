import { Command } from 'commander';
import { sanitise } from '../../cockpit/text/sanitise.ts';
import type { LogLine } from '../../session-log/entry.ts';
import type { World } from '../../world.ts';

const words = (line: LogLine): string => {
  switch (line.type) {
    case 'session':
      return `session ${line.sessionId} (${line.command}, mogplex ${line.version}) in ${line.cwd}`;
    case 'prompt':
      return `> ${line.text}\n  [${line.model}, ${[line.source, ...line.overrides.map((text) => `overrides ${text}`)].join(', ')}]`;
    case 'tool_call':
      return `tool ${line.name} ${line.input}`;
    case 'answer':
      return `${line.text}${line.complete ? '' : '\n  [not complete]'}`;
    case 'usage':
      return `  [${line.input} tokens in, ${line.output} out]`;
    case 'error':
      return `  [failed: ${line.error.message} (${line.error.boundary ?? line.error.code})]`;
    case 'note':
      return `  [${line.text}]`;
  }
};

/** `mogplex logs show` */
export const show = (world: World): Command =>
  new Command('show')
    .summary('show one session')
    .description('Show one logged session.')
    .argument('[session]', 'id of a session, the beginning of one, or latest', 'latest')
    .option('--json', 'print the lines as they are stored')
    .action(async (session: string, { json }: { json?: boolean }) => {
      const { readSession } = await import('../../session-log/read.ts');
      const { lines } = await readSession(world.home, session);
      for (const line of lines) {
        const text = json ? JSON.stringify(line) : `${line.at.slice(0, 19).replace('T', ' ')}  ${sanitise(words(line) ?? line.type)}`;
        world.stdout.write(`${text}\n`);
      }
    });
