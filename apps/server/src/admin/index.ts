import { randomBytes } from 'node:crypto';
import type { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import { recordAudit } from '../audit/record.ts';
import { type Config, loadConfig } from '../config.ts';
import { findAccountByEmail, hasAccounts } from '../identity/accounts.ts';
import { lookAtAccount, recoverAccount, type StillGood } from '../identity/recover.ts';
import { createOwner } from '../identity/setup.ts';
import { announceSettings } from '../models/settings.ts';
import { listUpstreams, removeUpstream, setUpstream, type UpstreamInfo } from '../models/upstreams/upstreams.ts';
import type { Coherence } from '../store/coherence/coherence.ts';
import { openCoherence } from '../store/coherence/open.ts';
import { checkKeys } from '../store/key-check.ts';
import { addMasterKey } from '../store/keyring.ts';
import { openStore } from '../store/open.ts';
import { resealAll } from '../store/rotate.ts';
import { createToken } from '../tokens/create.ts';
import { parseExpiry } from '../tokens/expiry.ts';
import { revokeToken } from '../tokens/revoke.ts';
import { parseScopes } from '../tokens/scopes.ts';

/** A token as the operator sees it: never the token. */
export interface AdminToken {
  id: string;
  /** Of the person that it acts for; null for a service account. */
  email: string | null;
  /** Name of the service account that it acts for; null for a person. */
  serviceAccount: string | null;
  name: string;
  prefix: string;
  scopes: string;
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
  revokedAt: number | null;
}

/** What an operator does on the command line, on the same store as the platform, whether that runs or not. */
export interface Admin {
  /** Makes the first account. @throws MogplexError `conflict` when there is one already. */
  createOwner(account: { email: string; password: Secret }): Promise<void>;
  /**
   * Lets a person in again: new password, no one-time codes, every sign-in ended.
   *
   * @returns what still opens the account.
   * @throws MogplexError `not_found`.
   */
  resetPassword(account: { email: string; password: Secret }): Promise<StillGood>;
  /** @param expires a duration or date, see `parseExpiry`; absent: never. @param scopes comma separated. */
  createToken(wanted: { email: string; name: string; scopes: string; expires?: string }): Promise<Secret>;
  listTokens(email?: string): Promise<AdminToken[]>;
  /** Resolves once no running server lets the token in. @throws MogplexError `not_found`. */
  revokeToken(id: string): Promise<void>;
  setUpstream(upstream: { provider: string; key: Secret; baseUrl?: string; label?: string }): Promise<UpstreamInfo>;
  listUpstreams(): Promise<UpstreamInfo[]>;
  /** @throws MogplexError `not_found`. */
  removeUpstream(provider: string, label?: string): Promise<void>;
  /** Makes a new master key the current one and seals every column with it, while servers run. @returns how many values were sealed. */
  rotateKey(options: { resealOnly: boolean }): Promise<number>;
  close(): Promise<void>;
}

const noAccount = (email: string): MogplexError =>
  new MogplexError('not_found', `no account has the address ${email.slice(0, 100)}`, {
    boundary: 'account',
    hint: 'Make one with mogplex admin create-owner, or in the browser.',
  });

/**
 * Opens the store of the settings for an operator's command.
 *
 * @param env the environment that `mogplex server` reads too.
 */
export const openAdmin = async (env: Readonly<Record<string, string | undefined>>, now: () => number): Promise<Admin> => {
  const config: Config = loadConfig(env);
  const store = await openStore(config, now);
  const { db } = store;
  const operator = { actor: 'operator' };
  /** Running servers have heard of a change when this resolves. */
  const announce = async (tell: (coherence: Coherence) => Promise<unknown>): Promise<void> => {
    const coherence = await openCoherence(store, { serve: false, onError: () => undefined });
    try {
      await tell(coherence);
    } finally {
      await coherence.close();
    }
  };
  return {
    async createOwner(account) {
      if (await hasAccounts(db)) {
        throw new MogplexError('conflict', 'the platform has an owner already', {
          boundary: 'account',
          hint: 'Sign in, and invite others.',
        });
      }
      await createOwner(db, account, now());
    },
    async resetPassword({ email, password }) {
      const account = await findAccountByEmail(db, email);
      if (!account) throw noAccount(email);
      await recoverAccount(db, account.id, password, now());
      await recordAudit(db, { ...operator, action: 'account.recovered', subject: account.id, accountId: account.id }, now());
      return lookAtAccount(db, account.id, now());
    },
    async createToken({ email, name, scopes, expires }) {
      const wanted = parseScopes(scopes);
      const expiresAt = expires === undefined ? {} : { expiresAt: parseExpiry(expires, now()) };
      const account = await findAccountByEmail(db, email);
      if (!account) throw noAccount(email);
      const { token } = await createToken(db, { accountId: account.id, name, scopes: wanted, ...expiresAt }, operator, {
        now,
        randomBytes,
      });
      return token;
    },
    async listTokens(email) {
      const rows = await db
        .selectFrom('token')
        .leftJoin('user', 'user.id', 'token.account_id')
        .leftJoin('service_account', 'service_account.id', 'token.account_id')
        .selectAll('token')
        .select(['user.email', 'service_account.name as serviceAccount'])
        .where('kind', '=', 'personal')
        .where((where) => where.or([where('user.id', 'is not', null), where('service_account.id', 'is not', null)]))
        .$if(email !== undefined, (select) => select.where('user.email', '=', (email ?? '').toLowerCase()))
        .orderBy('token.created_at', 'desc')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        email: row.email,
        serviceAccount: row.serviceAccount,
        name: row.name,
        prefix: row.prefix,
        scopes: row.scopes,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        lastUsedAt: row.last_used_at,
        revokedAt: row.revoked_at,
      }));
    },
    async revokeToken(id) {
      await announce((coherence) => revokeToken({ db, coherence, now }, { id }, 'operator', operator));
    },
    async setUpstream(upstream) {
      const info = await setUpstream(store, upstream, now);
      await announce(announceSettings);
      return info;
    },
    listUpstreams: () => listUpstreams(store),
    async removeUpstream(provider, label) {
      if (!(await removeUpstream(store, provider, label))) {
        throw new MogplexError('not_found', 'no such key is stored', {
          boundary: 'configuration',
          hint: 'Run mogplex admin upstream list.',
        });
      }
      await announce(announceSettings);
    },
    async rotateKey({ resealOnly }) {
      if (!resealOnly) await addMasterKey(config, randomBytes);
      await checkKeys(db, store.dialect, store.sealer, now());
      return resealAll(store);
    },
    close: () => store.close(),
  };
};
