import { Command } from 'commander';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { LoggedSession } from '../../session-log/read.ts';
import type { World } from '../../world.ts';

const row = ({ sessionId, startedAt, command, prompts, errors, models, problem }: LoggedSession): string =>
  [
    sessionId,
    ...(problem === undefined
      ? [
          startedAt.slice(0, 16).replace('T', ' '),
          command.padEnd(7),
          `${prompts} prompt${prompts === 1 ? '' : 's'}${errors === 0 ? '' : `, ${errors} failed`}`,
          models.join(', '),
        ]
      : [problem]),
  ]
    .map((cell) => sanitiseLine(cell))
    .join('  ');

/** `mogplex logs list` */
export const list = (world: World): Command =>
  new Command('list')
    .summary('list the sessions, the newest first')
    .description('List the logged sessions, the newest first.')
    .option('--json', 'print one session a line as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { listSessions } = await import('../../session-log/read.ts');
      const sessions = await listSessions(world.home);
      for (const session of sessions) world.stdout.write(`${json ? JSON.stringify(session) : row(session)}\n`);
      if (sessions.length === 0 && !json) world.stderr.write('There are no session logs yet.\n');
    });
