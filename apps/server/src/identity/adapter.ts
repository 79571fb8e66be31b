import { randomBytes } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import type { DBAdapter, Where } from 'better-auth/types';
import type { SealedText, Sealer } from '../store/sealer.ts';
import { sha256 } from './oauth/context.ts';

type Row = Record<string, unknown>;

const SEALED = ['accessToken', 'refreshToken', 'idToken'] as const;

const placeOf = (row: string, column: string, owner: string) => ({ table: 'account', row, column, owner });

const mapToken = (value: unknown): unknown => {
  if (typeof value === 'string') return sha256(value);
  return Array.isArray(value) ? value.map(mapToken) : value;
};

/** A condition on a session's token, turned to its hash. */
const hashedWhere = (model: string, where: Where[]): Where[] =>
  model === 'session'
    ? where.map((condition) =>
        condition.field === 'token' ? { ...condition, value: mapToken(condition.value) as string | string[] } : condition,
      )
    : where;

/** The raw token that the caller asked for, so that it reads back what it knows. */
const askedToken = (model: string, where: Where[] | undefined): string | undefined => {
  const value =
    model === 'session' ? where?.find(({ field, operator = 'eq' }) => field === 'token' && operator === 'eq')?.value : undefined;
  return typeof value === 'string' ? value : undefined;
};

const sealRow = (sealer: Sealer, row: Row, id: string, owner: string): Row => {
  const sealed = { ...row };
  for (const column of SEALED) {
    const value = row[column];
    if (typeof value === 'string' && value !== '')
      sealed[column] = sealer.seal(placeOf(id, column, owner), new Secret(value, `account.${column}`));
  }
  return sealed;
};

const openRow = (sealer: Sealer, row: Row): Row => {
  const opened = { ...row };
  for (const column of SEALED) {
    const value = row[column];
    if (typeof value !== 'string' || value === '') continue;
    opened[column] = sealer.open(placeOf(String(row['id']), column, String(row['userId'])), value as SealedText).reveal();
  }
  return opened;
};

/**
 * Stands between the account library and the store, and changes what the library would keep in the clear: the token of a
 * session is stored as its SHA-256, the tokens of a linked provider are sealed with the platform's envelope, and what a sign-in
 * under way keeps (state, PKCE verifier, challenge) is encrypted with the identity secret.
 */
export const sealedAdapter = (inner: DBAdapter, sealer: Sealer, secret: string): DBAdapter => {
  const outward = async <R>(model: string, row: R, token?: string): Promise<R> => {
    if (row === null || typeof row !== 'object') return row;
    let result: Row = { ...(row as Row) };
    if (model === 'session' && token !== undefined) result['token'] = token;
    if (model === 'account') result = openRow(sealer, result);
    const { value } = result;
    if (model === 'verification' && typeof value === 'string') result['value'] = await symmetricDecrypt({ key: secret, data: value });
    if (Array.isArray(result['account'])) result['account'] = result['account'].map((linked: Row) => openRow(sealer, linked));
    return result as R;
  };

  const inward = async (model: string, where: Where[], update: Row): Promise<Row> => {
    if (model === 'session' && typeof update['token'] === 'string') return { ...update, token: sha256(update['token']) };
    if (model === 'verification' && typeof update['value'] === 'string') {
      return { ...update, value: await symmetricEncrypt({ key: secret, data: update['value'] }) };
    }
    if (model !== 'account' || !SEALED.some((column) => typeof update[column] === 'string')) return update;
    const row = await inner.findOne<{ id: string; userId: string }>({ model, where, select: ['id', 'userId'] });
    return row === null ? update : sealRow(sealer, update, row.id, row.userId);
  };

  const sealed: DBAdapter = {
    ...inner,
    transaction: (run) => run(sealed),
    create: async (request) => {
      const { model } = request;
      const data = request.data as Row;
      if (model === 'session') {
        const token = String(data['token']);
        const row = await inner.create<Row>({ ...request, data: { ...data, token: sha256(token) } });
        return outward(model, row, token) as never;
      }
      if (model === 'verification') {
        return outward(model, await inner.create<Row>({ ...request, data: await inward(model, [], data) })) as never;
      }
      if (model !== 'account') return inner.create(request);
      const id = randomBytes(16).toString('base64url');
      const sealed = sealRow(sealer, { ...data, id }, id, String(data['userId']));
      return outward(model, await inner.create<Row>({ ...request, data: sealed, forceAllowId: true })) as never;
    },
    findOne: async <R>(request: Parameters<DBAdapter['findOne']>[0]) => {
      const row = await inner.findOne<R>({ ...request, where: hashedWhere(request.model, request.where) });
      return outward(request.model, row, askedToken(request.model, request.where));
    },
    findMany: async <R>(request: Parameters<DBAdapter['findMany']>[0]) => {
      const rows = await inner.findMany<R>({ ...request, ...(request.where && { where: hashedWhere(request.model, request.where) }) });
      return Promise.all(rows.map((row) => outward(request.model, row)));
    },
    count: (request) => inner.count({ ...request, ...(request.where && { where: hashedWhere(request.model, request.where) }) }),
    update: async <R>(request: Parameters<DBAdapter['update']>[0]) => {
      const where = hashedWhere(request.model, request.where);
      const row = await inner.update<R>({ ...request, where, update: await inward(request.model, where, request.update) });
      return outward(request.model, row, askedToken(request.model, request.where));
    },
    updateMany: async (request) => {
      const where = hashedWhere(request.model, request.where);
      return inner.updateMany({ ...request, where, update: await inward(request.model, where, request.update) });
    },
    delete: (request) => inner.delete({ ...request, where: hashedWhere(request.model, request.where) }),
    deleteMany: (request) => inner.deleteMany({ ...request, where: hashedWhere(request.model, request.where) }),
    consumeOne: async <R>(request: Parameters<DBAdapter['consumeOne']>[0]) => {
      const row = await inner.consumeOne<R>({ ...request, where: hashedWhere(request.model, request.where) });
      return outward(request.model, row, askedToken(request.model, request.where));
    },
    incrementOne: (request) => inner.incrementOne({ ...request, where: hashedWhere(request.model, request.where) }),
  };
  return sealed;
};
