import { createHash } from 'node:crypto';
import { inspectToken, MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { notify } from '../../audit/notify.ts';
import { recordAudit } from '../../audit/record.ts';
import { endLeakedGrant } from '../../identity/oauth/leaked.ts';
import { teamManagers } from '../../identity/team-role.ts';
import type { Platform } from '../../platform.ts';
import { hashToken } from '../hash.ts';
import { revokeToken } from '../revoke.ts';

/** The body of a report: what was found, and where. */
export const leakReport = z
  .array(
    z.object({
      token: z.string().min(1).max(500),
      type: z.string().max(100),
      url: z.string().max(2_000).optional(),
      source: z.string().max(100).optional(),
    }),
  )
  .max(1_000);

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
const placeOf = (url: string | undefined): string => {
  if (url === undefined || !URL.canParse(url)) return '';
  const { protocol, origin, pathname } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? ` at ${origin}${pathname}`.slice(0, 500) : '';
};

interface Ended {
  subject: string;
  accountId: string;
  /** Accounts that get a notice. */
  tell: readonly string[];
  what: string;
  /** False when it had been revoked before: nobody needs another notice. */
  wasLive: boolean;
}

const isNotFound = (error: unknown): boolean => error instanceof MogplexError && error.code === 'not_found';

/** Who is told: the person of a token, or, where a machine of a team held it, the people who run the team. */
const holderOf = async (
  { store: { db } }: Parts,
  { accountId, teamId }: { accountId: string; teamId: string | null },
): Promise<Pick<Ended, 'accountId' | 'tell'>> => {
  const machine = await db.selectFrom('service_account').select('team_id').where('id', '=', accountId).executeTakeFirst();
  return { accountId, tell: machine && teamId !== null ? await teamManagers(db, teamId) : [accountId] };
};

const endPersonal = async (parts: Parts, token: string): Promise<Ended | undefined> => {
  const { store, coherence, now } = parts;
  const hash = hashToken(token);
  try {
    const revoked = await revokeToken({ db: store.db, coherence, now }, { hash }, 'leaked', { actor: 'secret-scanning' });
    if (revoked) return { ...(await holderOf(parts, revoked)), subject: revoked.id, what: `token "${revoked.name}"`, wasLive: true };
    return { subject: '', accountId: '', tell: [], what: '', wasLive: false };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

const endOne = async (parts: Parts, token: string): Promise<Ended | undefined> => {
  const inspection = inspectToken(token);
  if (!inspection.possible) return undefined;
  if (inspection.kind === 'personal' || inspection.kind === 'run') return endPersonal(parts, token);
  const grant = await endLeakedGrant(parts.store.db, token, parts.now);
  return (
    grant && {
      subject: grant.id,
      accountId: grant.accountId,
      tell: [grant.accountId],
      what: `sign-in of ${grant.clientName}`,
      wasLive: grant.wasLive,
    }
  );
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
    const ended = await endOne(parts, token);
    if (ended?.wasLive === true) {
      const at = parts.now();
      const where = placeOf(url);
      await parts.store.db.transaction().execute(async (trx) => {
        const whose = ended.tell.includes(ended.accountId) ? 'Your' : "Your team's";
        const text = `${whose} ${ended.what} was found in public${where} and has been revoked. Make a new one where you need it.`;
        for (const accountId of ended.tell) await notify(trx, { accountId, kind: 'token-leaked', text }, at);
        const entry = { actor: 'secret-scanning', action: 'token.leaked', subject: ended.subject, accountId: ended.accountId };
        await recordAudit(trx, { ...entry, details: { what: ended.what, where: where.trim() } }, at);
      });
    }
    const hash = createHash('sha256').update(token).digest('base64');
    answers.push({ token_hash: hash, token_type: type, label: ended === undefined ? 'false_positive' : 'true_positive' });
  }
  return answers;
};
