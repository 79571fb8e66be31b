import type { Kysely } from 'kysely';
import { notify } from '../audit/notify.ts';
import { recordAudit } from '../audit/record.ts';
import type { Principal } from '../http/principal.ts';
import type { Database } from '../store/schema.ts';
import type { Identity } from './context.ts';

interface Event {
  /** Dotted, for instance `team.member_removed`. */
  action: string;
  /** Id of what was acted on. */
  subject: string;
  teamId?: string;
  details?: Readonly<Record<string, string | number | boolean>>;
}

/** What a person is told when how they sign in has changed, since it may not have been them (OWASP ASVS 4.0.3, 2.2.3 and 2.5.5). */
const TOLD: Readonly<Record<string, string>> = {
  'account.password_changed': 'The password of your account was changed.',
  'account.address_changed': 'The address of your account was changed.',
  'account.second_factor_on': 'One-time codes were turned on for your account.',
  'account.second_factor_off': 'One-time codes were turned off for your account.',
  'passkey.added': 'A passkey was added to your account.',
  'passkey.removed': 'A passkey was removed from your account.',
  'github.linked': 'A GitHub account was linked to your account, and can sign in to it.',
  'github.unlinked': 'The GitHub account was unlinked from your account.',
};
const WAS_IT_YOU = 'If that was not you, change your password and end all other sessions under Settings > Sign-in and sessions.';

/**
 * Writes an event of an account down, and leaves its person a notice where it changes how they sign in.
 *
 * @param now milliseconds since 1970.
 */
export const noteOf = async (
  db: Kysely<Database>,
  accountId: string,
  event: Event & { requestId?: string },
  now: number,
): Promise<void> => {
  await recordAudit(db, { actor: accountId, accountId, ...event }, now);
  const told = TOLD[event.action];
  if (told !== undefined) await notify(db, { accountId, kind: 'sign-in', text: `${told} ${WAS_IT_YOU}` }, now);
};

/** Writes down what a person did to an account, a team or a sign-in. */
export const note = async ({ platform }: Identity, by: Pick<Principal, 'accountId'>, requestId: string, event: Event): Promise<void> =>
  noteOf(platform.store.db, by.accountId, { requestId, ...event }, platform.now());
