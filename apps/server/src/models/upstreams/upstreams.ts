import { randomUUID } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { findProvider, MogplexError, type ProviderId } from '@mogplex/protocol';
import type { Selectable } from 'kysely';
import type { Store } from '../../store/open.ts';
import type { ModelTables } from '../tables.ts';
import { normalizeBaseUrl } from './endpoints.ts';

type UpstreamRow = Selectable<ModelTables['model_upstreams']>;

/** A provider's key as screens show it: never the key. */
export interface UpstreamInfo {
  id: string;
  provider: ProviderId;
  label: string;
  /** Absent: the provider's public address. */
  baseUrl?: string;
  /** The last characters of the key. */
  keyHint: string;
  position: number;
  health: UpstreamRow['health'];
  healthNote?: string;
  createdAt: number;
  updatedAt: number;
}

export interface UpstreamInput {
  provider: string;
  key: Secret;
  baseUrl?: string;
  /** Names one of several keys of a provider; `default` where there is only one. Setting a label again replaces its key. */
  label?: string;
  /** Whose key it is; absent: hosted by the operator for everybody. */
  accountId?: string;
}

const MIN_KEY = 8;
// What a header value may hold (RFC 9110, section 5.5), without space.
const KEY_CHARACTERS = /^[\u0021-\u007e]+$/;
const LABEL = /^[a-z0-9][a-z0-9-]{0,39}$/;

const wrong = (message: string, hint?: string): MogplexError =>
  new MogplexError('usage', message, { boundary: 'configuration', ...(hint ? { hint } : {}) });

const place = (row: { id: string; account_id: string | null }) => ({
  table: 'model_upstreams',
  row: row.id,
  column: 'sealed_key',
  owner: row.account_id ?? 'platform',
});

const show = (row: UpstreamRow): UpstreamInfo => ({
  id: row.id,
  provider: row.provider as ProviderId,
  label: row.label,
  ...(row.base_url === null ? {} : { baseUrl: row.base_url }),
  keyHint: row.key_hint,
  position: row.position,
  health: row.health,
  ...(row.health_note === null ? {} : { healthNote: row.health_note }),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** The last four characters, or nothing of a key so short that they would tell much of it. */
const hintOf = (key: string): string => (key.length >= 20 ? `…${key.slice(-4)}` : '…');

const checked = (input: UpstreamInput): { provider: ProviderId; label: string; baseUrl: string | null } => {
  const provider = findProvider(input.provider)?.id;
  if (!provider) throw wrong(`"${input.provider.slice(0, 40)}" is not a provider`, 'Run mogplex admin upstream list to see their names.');
  const key = input.key.reveal();
  if (key.length < MIN_KEY || !KEY_CHARACTERS.test(key))
    throw wrong('this is not an API key', 'Give one line of at least eight visible characters.');
  const label = input.label ?? 'default';
  if (!LABEL.test(label)) throw wrong('a label is 1 to 40 small letters, digits and hyphens');
  return { provider, label, baseUrl: input.baseUrl === undefined ? null : normalizeBaseUrl(provider, input.baseUrl) };
};

/**
 * Stores a provider's key, sealed, and replaces the one of the same owner, provider and label.
 *
 * @returns what is stored, without the key.
 * @throws MogplexError `usage` for an unknown provider, a base URL that is none, or a key that cannot be one.
 */
export const setUpstream = async (store: Store, input: UpstreamInput, now: () => number = Date.now): Promise<UpstreamInfo> => {
  const { provider, label, baseUrl } = checked(input);
  const accountId = input.accountId ?? null;
  return await store.db.transaction().execute(async (db) => {
    const rows = await db.selectFrom('model_upstreams').selectAll().where('provider', '=', provider).execute();
    const own = rows.filter((row) => row.account_id === accountId);
    const before = own.find((row) => row.label === label);
    const id = before?.id ?? randomUUID();
    const at = now();
    const row: UpstreamRow = {
      id,
      provider,
      account_id: accountId,
      label,
      base_url: baseUrl,
      sealed_key: store.sealer.seal(place({ id, account_id: accountId }), input.key),
      key_hint: hintOf(input.key.reveal()),
      position: before?.position ?? Math.max(0, ...own.map(({ position }) => position + 1)),
      health: 'ok',
      health_note: null,
      health_at: null,
      created_at: before?.created_at ?? at,
      updated_at: at,
    };
    if (before) await db.updateTable('model_upstreams').set(row).where('id', '=', id).execute();
    else await db.insertInto('model_upstreams').values(row).execute();
    return show(row);
  });
};

/** The keys of an owner in the order of their use, without the keys. `accountId` absent: the hosted ones. */
export const listUpstreams = async (store: Store, accountId?: string): Promise<UpstreamInfo[]> => {
  const query = store.db.selectFrom('model_upstreams').selectAll().orderBy('provider').orderBy('position');
  const rows = await (
    accountId === undefined ? query.where('account_id', 'is', null) : query.where('account_id', '=', accountId)
  ).execute();
  return rows.map(show);
};

/** Forgets a key. @returns false when the owner has none under this provider and label. */
export const removeUpstream = async (store: Store, provider: string, label = 'default', accountId?: string): Promise<boolean> => {
  const query = store.db.deleteFrom('model_upstreams').where('provider', '=', provider).where('label', '=', label);
  const result = await (
    accountId === undefined ? query.where('account_id', 'is', null) : query.where('account_id', '=', accountId)
  ).executeTakeFirst();
  return result.numDeletedRows > 0n;
};

/** A key ready for use. */
export interface Upstream {
  id: string;
  provider: ProviderId;
  label: string;
  accountId: string | null;
  /** Absent: the provider's public address. */
  baseUrl: string | undefined;
  key: Secret;
  position: number;
  /** When the key was set, in milliseconds. */
  setAt: number;
}

/** Opens every key of the store. A row that cannot be opened is left out and reported, so that one never stops the others. */
export const openUpstreams = async (store: Store, onDamaged: (id: string, error: unknown) => void): Promise<Upstream[]> => {
  const rows = await store.db.selectFrom('model_upstreams').selectAll().orderBy('position').execute();
  return rows.flatMap((row) => {
    try {
      const opened = store.sealer.open(place(row), row.sealed_key).reveal();
      const key = new Secret(opened, `upstream/${row.provider}`);
      return [
        {
          id: row.id,
          provider: row.provider as ProviderId,
          label: row.label,
          accountId: row.account_id,
          baseUrl: row.base_url ?? undefined,
          key,
          position: row.position,
          setAt: row.updated_at,
        },
      ];
    } catch (error) {
      onDamaged(row.id, error);
      return [];
    }
  });
};
