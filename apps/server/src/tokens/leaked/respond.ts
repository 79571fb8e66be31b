import { createHash } from 'node:crypto';
import { inspectToken, MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { notify } from '../../audit/notify.ts';
import { recordAudit } from '../../audit/record.ts';
import { endLeakedGrant } from '../../identity/oauth/leaked.ts';
import { teamManagers } from '../../identity/team-role.ts';
import type { Platform } from '../../platform.ts';
import type { Database } from '../../store/schema.ts';
import { hashToken } from '../hash.ts';
import { revokeToken } from '../revoke.ts';

/**
 * The body of a report: what was found, and where. It is lenient, since one entry that is odd must not keep the others from being
 * revoked; the whole is bounded by the size of the body.
 */
export const leakReport = z.array(
  z.object({ token: z.string(), type: z.string(), url: z.string().nullish(), source: z.string().nullish() }),
);

/** What the reporter learns of each token. The token itself is not sent back. */
export const leakAnswers = z.array(
  z.object({
    /** SHA-256 of the token, base64. */
    token_hash: z.string(),
    token_type: z.string(),
    label: z.enum(['true_positive', 'false_positive']),
  }),
);

type LeakAnswer = z.output<typeof leakAnswers>[number];

type Parts = Pick<Platform, 'store' | 'coherence' | 'now'>;

/** Where the token was found, in words that are safe to show: an http(s) address without its query, or nothing. */
const placeOf = (url: string | null | undefined): string => {
  if (typeof url !== 'string' || !URL.canParse(url)) return '';
  const { protocol, origin, pathname } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? ` at ${origin}${pathname}`.slice(0, 500) : '';
};

interface Ended {
  subject: string;
  accountId: string;
  /** Accounts that get a notice. */
  tell: readonly string[];
  what: string;
}

type Db = Kysely<Database>;

const isNotFound = (error: unknown): boolean => error instanceof MogplexError && error.code === 'not_found';

/** Who is told: the person of a token, or, where a machine of a team held it, the people who run the team. */
const toldAbout = async (db: Db, { accountId, teamId }: { accountId: string; teamId: string | null }): Promise<readonly string[]> => {
  const machine = await db.selectFrom('service_account').select('team_id').where('id', '=', accountId).executeTakeFirst();
  return machine && teamId !== null ? await teamManagers(db, teamId) : [accountId];
};

const tell = async (trx: Db, { subject, accountId, tell: told, what }: Ended, where: string, at: number): Promise<void> => {
  const whose = told.includes(accountId) ? 'Your' : "Your team's";
  const text = `${whose} ${what} was found in public${where} and has been revoked. Make a new one where you need it.`;
  for (const reader of told) await notify(trx, { accountId: reader, kind: 'token-leaked', text }, at);
  const entry = { actor: 'secret-scanning', action: 'token.leaked', subject, accountId };
  await recordAudit(trx, { ...entry, details: { what, where: where.trim() } }, at);
};

/** Ends a personal or run token, and tells its holder in the same transaction. @returns whether it is one of ours */
const endToken = async ({ store: { db }, coherence, now }: Parts, token: string, where: string): Promise<boolean> => {
  try {
    const by = { actor: 'secret-scanning' };
    await revokeToken({ db, coherence, now }, { hash: hashToken(token) }, 'leaked', by, async (trx, revoked) => {
      const ended = { subject: revoked.id, accountId: revoked.accountId, what: `token "${revoked.name}"` };
      await tell(trx, { ...ended, tell: await toldAbout(trx, revoked) }, where, now());
    });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

/** The same for the sign-in that an access or refresh token belongs to. */
const endSignIn = ({ store: { db }, now }: Parts, token: string, where: string): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    const grant = await endLeakedGrant(trx, token, now);
    if (grant?.wasLive === true) {
      const ended = { subject: grant.id, accountId: grant.accountId, what: `sign-in of ${grant.clientName}` };
      await tell(trx, { ...ended, tell: [grant.accountId] }, where, now());
    }
    return grant !== undefined;
  });

const endOne = async (parts: Parts, token: string, where: string): Promise<boolean> => {
  const inspection = inspectToken(token);
  if (!inspection.possible) return false;
  const isToken = inspection.kind === 'personal' || inspection.kind === 'run';
  return isToken ? await endToken(parts, token, where) : await endSignIn(parts, token, where);
};

/**
 * Ends every token of a report: revoke, tell the owner, write it down. A token that was revoked before is still one of ours.
 *
 * @throws MogplexError `invalid_request` for a body of another form.
 */
export const respondToLeaks = async (parts: Parts, body: unknown): Promise<LeakAnswer[]> => {
  const parsed = leakReport.safeParse(body);
  if (!parsed.success) throw new MogplexError('invalid_request', 'the body is not a secret scanning report', { boundary: 'request' });
  const answers: LeakAnswer[] = [];
  for (const { token, type, url } of parsed.data) {
    const isOurs = await endOne(parts, token, placeOf(url));
    const hash = createHash('sha256').update(token).digest('base64');
    answers.push({ token_hash: hash, token_type: type, label: isOurs ? 'true_positive' : 'false_positive' });
  }
  return answers;
};
