import { follow, type FollowOptions } from '@mogplex/client/follow';
import { errorEnvelope, fromErrorEnvelope, MogplexError, type RunStatus, type StartRun, runAnswer, runPage } from '@mogplex/protocol';
import { call } from './client.ts';

/** One page of runs, the newest first. */
export const listRuns = ({ status, cursor }: { status?: RunStatus; cursor?: string }) => {
  const query = new URLSearchParams({ limit: '25' });
  if (status !== undefined) query.set('status', status);
  if (cursor !== undefined) query.set('cursor', cursor);
  return call(`/runs?${query.toString()}`, { data: runPage });
};

const path = (id: string): string => `/runs/${encodeURIComponent(id)}`;

export const readRun = async (id: string) => (await call(path(id), { data: runAnswer })).run;
export const cancelRun = async (id: string) => (await call(`${path(id)}/cancel`, { method: 'POST', data: runAnswer })).run;

/** Starts a run; sent again under the same key, it is still one. */
export const startRun = async ({ key, ...body }: StartRun & { key: string }) =>
  (await call('/runs', { method: 'POST', body, headers: { 'idempotency-key': key }, data: runAnswer })).run;

const unreachable = (cause: unknown): MogplexError =>
  new MogplexError('unavailable', 'The platform cannot be reached.', { boundary: 'network', cause });

const openStream = async (id: string, after: number, signal: AbortSignal): Promise<Response> => {
  const headers = { accept: 'text/event-stream', 'last-event-id': String(after) };
  const response = await fetch(`/api/v1/mogplex${path(id)}/stream?after=${after}`, { credentials: 'same-origin', headers, signal }).catch(
    (cause: unknown) => {
      throw unreachable(cause);
    },
  );
  if (response.ok) return response;
  const failure = errorEnvelope.safeParse(await response.json().catch(() => undefined));
  throw failure.success ? fromErrorEnvelope(failure.data) : unreachable(failure.error);
};

/** The events of a run as they happen, over as many lines as it takes, to its end. */
export const followRun = (id: string, options: FollowOptions) => follow((after, signal) => openStream(id, after, signal), options);
