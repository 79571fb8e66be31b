import { createHash } from 'node:crypto';
import { MogplexError, type RunSource, type StartRun } from '@mogplex/protocol';
import { recordAudit } from '../audit/record.ts';
import type { Principal } from '../http/principal.ts';
import { teamOfNewRun } from './access.ts';
import type { Agent } from './agents/agent.ts';
import { messageEvent, safeEvent, statusEvent, titleOf } from './events.ts';
import { makeRunId } from './ids.ts';
import { plainLine } from './plain.ts';
import { countFree, type Db, insertEvents, lockOwner, ownerOf, RUN_CHANNEL, type RunRow, type RunStore, sealPlace } from './record.ts';

/** What a start needs beside the store. */
export interface StartParts extends RunStore {
  agents: ReadonlyMap<string, Agent>;
  randomBytes: (count: number) => Uint8Array;
  /** The model of a caller who names none; undefined: none is in reach. */
  defaultModel(caller: { accountId: string; teamId?: string; repository?: string }): Promise<string | undefined>;
}

/** A wish to start a run, from whichever door it came. */
export interface RunWish extends Omit<StartRun, 'source'> {
  principal: Principal & { kind: 'personal' | 'oauth' | 'session' };
  source: RunSource;
  requestId: string;
  idempotencyKey?: string | undefined;
}

/** How long a repeated start with the same key and body finds the run. */
const SAME_START_MS = 24 * 3_600_000;

const agentOf = (parts: StartParts, id = 'chat'): Agent => {
  const agent = parts.agents.get(id);
  if (agent) return agent;
  throw new MogplexError('invalid_request', `body.agent: there is no such agent; there are ${[...parts.agents.keys()].join(', ')}`, {
    boundary: 'request',
    hint: 'GET /api/v1/mogplex/agents lists those that exist.',
  });
};

const modelOf = async (parts: StartParts, wish: RunWish, teamId: string | undefined): Promise<string> => {
  if (wish.model !== undefined) return wish.model;
  const { accountId } = wish.principal;
  const model = await parts.defaultModel({
    accountId,
    ...(teamId === undefined ? {} : { teamId }),
    ...(wish.repository === undefined ? {} : { repository: wish.repository }),
  });
  if (model !== undefined) return model;
  throw new MogplexError('no_model_access', 'no model access: the account can reach no model', {
    boundary: 'model',
    hint: 'Change the plan, or add an AI Gateway, OpenAI or Anthropic key in Settings > API Keys',
  });
};

const startKeyOf = ({ principal, idempotencyKey, source: _s, requestId: _r, ...body }: RunWish): string | null =>
  idempotencyKey === undefined
    ? null
    : createHash('sha256')
        .update(JSON.stringify([principal.accountId, idempotencyKey, body]))
        .digest('hex');

/** The run that this very start made before, though its answer was lost with the server that made it. */
const findSameStart = async (trx: Db, startKey: string | null, now: number): Promise<RunRow | undefined> => {
  if (startKey === null) return undefined;
  const run = await trx.selectFrom('run').selectAll().where('start_key', '=', startKey).executeTakeFirst();
  if (!run || run.created_at > now - SAME_START_MS) return run;
  await trx.updateTable('run').set({ start_key: null }).where('id', '=', run.id).execute();
  return undefined;
};

const insertRun = async (parts: StartParts, trx: Db, row: RunRow, wish: RunWish, agent: Agent): Promise<void> => {
  const blind = wish.repository !== undefined && !agent.info.capabilities.repository;
  const events = [
    statusEvent('pending'),
    messageEvent('user', wish.prompt),
    ...(blind
      ? [safeEvent({ type: 'notice', data: { code: 'no_repository', text: `the agent ${agent.info.id} does not read the repository` } })]
      : []),
  ];
  row.last_seq = events.length;
  await trx.insertInto('run').values(row).execute();
  await insertEvents(trx, row.id, 0, events, row.created_at);
  if (row.parked === 0) {
    await parts.queue.add(trx, row.id);
    await parts.coherence.say(trx, RUN_CHANNEL, '+');
  }
  await recordAudit(
    trx,
    {
      actor: row.account_id,
      action: 'run.started',
      subject: row.id,
      accountId: row.account_id,
      ...(row.team_id === null ? {} : { teamId: row.team_id }),
      requestId: row.request_id,
      details: {
        agent: row.agent,
        model: row.model,
        source: row.source,
        ...(row.repository === null ? {} : { repository: row.repository }),
      },
    },
    row.created_at,
  );
};

/**
 * Starts a run: its row, its first events and its message to the workers in one transaction. Where its owner has as many under way as
 * may be, it waits in the table and gets its message when one of them ends.
 *
 * @throws MogplexError `invalid_request` for an agent that does not exist, `no_model_access`, `not_found` or `forbidden` for the team.
 */
export const startRun = async (parts: StartParts, wish: RunWish): Promise<RunRow> => {
  const { store, now, randomBytes } = parts;
  const { principal } = wish;
  const agent = agentOf(parts, wish.agent);
  const teamId = await teamOfNewRun(store.db, principal, wish.teamId);
  const model = await modelOf(parts, wish, teamId);
  const createdAt = now();
  const identity = { id: makeRunId(createdAt, randomBytes), account_id: principal.accountId };
  const row: RunRow = {
    ...identity,
    team_id: teamId ?? null,
    owner: ownerOf(principal.accountId, teamId),
    status: 'pending',
    agent: agent.info.id,
    model,
    repository: wish.repository ?? null,
    source: wish.source,
    started_by: principal.kind,
    token_id: principal.tokenId,
    token_name: plainLine(principal.name, 80),
    request_id: wish.requestId,
    start_key: startKeyOf(wish),
    title: titleOf(wish.prompt),
    prompt: store.sealer.sealText(sealPlace(identity, 'prompt'), wish.prompt),
    system: wish.system === undefined ? null : store.sealer.sealText(sealPlace(identity, 'system'), wish.system),
    created_at: createdAt,
    started_at: null,
    ended_at: null,
    cancel_requested_at: null,
    error: null,
    last_seq: 0,
    fence: 0,
    losses: 0,
    parked: 0,
  };
  return store.db.transaction().execute(async (trx) => {
    await lockOwner(parts, trx, row.owner);
    const same = await findSameStart(trx, row.start_key, createdAt);
    if (same) return same;
    row.parked = (await countFree(trx, row.owner)) > 0 ? 0 : 1;
    await insertRun(parts, trx, row, wish, agent);
    return row;
  });
};
