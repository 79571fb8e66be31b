import type { Kysely } from 'kysely';
import { notify } from '../../audit/notify.ts';
import { teamManagers } from '../../identity/team-role.ts';
import type { Database } from '../../store/schema.ts';
import type { AlertRow } from './book.ts';

type Db = Kysely<Database>;

const MEND =
  'When nothing is left, calls end with "out of credit"; the owner can change the plan, and an AI Gateway, OpenAI or Anthropic key of your own goes into Settings > API Keys.';

/** The people behind a payer: the account, or those who run the team or the machine that pays. */
const readersOf = async (db: Db, payer: string): Promise<readonly string[]> => {
  const [kind, id = ''] = payer.split(':');
  if (kind === 'team') return await teamManagers(db, id);
  const machine = await db.selectFrom('service_account').select('team_id').where('id', '=', id).executeTakeFirst();
  return machine ? await teamManagers(db, machine.team_id) : [id];
};

/** Leaves a notice to those who pay that a soft limit of the month's credit was passed. */
export const tellOfSoftLimit = async (db: Db, { payer, percent, period }: AlertRow, now: number): Promise<void> => {
  const whose = payer.startsWith('team:') ? "Your team's" : 'Your';
  const text = `${whose} model credit for ${period} is used up to ${percent} %. ${MEND}`;
  for (const accountId of await readersOf(db, payer)) await notify(db, { accountId, kind: 'credit', text }, now);
};
