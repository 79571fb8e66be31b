import { isRunOver, type Run, runError, type RunEvent, type RunStatus } from '@mogplex/protocol';
import { type UsageOfRun, usageOfRuns } from '../models/index.ts';
import type { Db, RunRow } from './record.ts';
import type { RunTables } from './tables.ts';

const NOTHING: UsageOfRun = { inputTokens: 0, outputTokens: 0, costMicros: 0, calls: 0 };

const at = (name: 'startedAt' | 'endedAt' | 'cancelRequestedAt', time: number | null) => (time === null ? {} : { [name]: time });

const show = (row: RunRow, { inputTokens, outputTokens, costMicros }: UsageOfRun = NOTHING): Run => ({
  id: row.id,
  status: row.status,
  agent: row.agent,
  model: row.model,
  title: row.title,
  ...(row.repository === null ? {} : { repository: row.repository }),
  ...(row.team_id === null ? {} : { teamId: row.team_id }),
  source: row.source,
  startedBy: { kind: row.started_by, accountId: row.account_id, tokenId: row.token_id, name: row.token_name },
  createdAt: row.created_at,
  ...at('startedAt', row.started_at),
  ...at('endedAt', row.ended_at),
  ...at('cancelRequestedAt', row.cancel_requested_at),
  ...(row.error === null ? {} : { error: runError.parse(JSON.parse(row.error)) }),
  usage: { inputTokens, outputTokens, costMicros },
  lastSeq: row.last_seq,
});

/** Runs as the API shows them, with what the ledger has booked for them. */
export const showRuns = async (db: Db, rows: readonly RunRow[]): Promise<Run[]> => {
  const usage = await usageOfRuns(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => show(row, usage.get(row.id)));
};

export const showRun = async (db: Db, row: RunRow): Promise<{ run: Run }> => {
  const usage = await usageOfRuns(db, [row.id]);
  return { run: show(row, usage.get(row.id)) };
};

/** The JSON of a stored event. Its data is JSON already, and was made safe before it was stored. */
export const eventJson = ({ run_id: runId, seq, at: time, type, data }: RunTables['run_event']): string =>
  `{"runId":"${runId}","seq":${seq},"at":${time},"type":"${type}","data":${data}}`;

/** Whether an event is the last one of its run. */
export const isLastEvent = ({ type, data }: Pick<RunTables['run_event'], 'type' | 'data'>): boolean =>
  type === 'status' && isRunOver((JSON.parse(data) as { status: RunStatus }).status);

export const showEvent = (row: RunTables['run_event']): RunEvent => JSON.parse(eventJson(row)) as RunEvent;

/** Events behind a sequence number, oldest first. */
export const readEvents = (db: Db, runId: string, after: number, limit: number): Promise<RunTables['run_event'][]> =>
  db.selectFrom('run_event').selectAll().where('run_id', '=', runId).where('seq', '>', after).orderBy('seq').limit(limit).execute();
