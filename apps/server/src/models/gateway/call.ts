import type { IncomingMessage, ServerResponse } from 'node:http';
import { MogplexError } from '@mogplex/protocol';
import type { MaybeLater, Principal } from '../../http/principal.ts';
import { type PieceTerms, pieceTerms } from '../catalog/pieces.ts';
import { mostOf } from '../catalog/price.ts';
import type { CatalogRefresh } from '../catalog/refresh.ts';
import { type Caller, callerOf, findModel, noModelAccess, payerOf, planOf, reach, type Route } from '../catalog/reach.ts';
import { bookedCost, bookedUsage, mostOutput } from '../ledger/estimate.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Attribution, Reservation } from '../ledger/operations.ts';
import type { Settings, SettingsCache } from '../settings.ts';
import type { CatalogModel, Operation, WireFormat } from '../types.ts';
import { ENDPOINTS, operationPath } from '../upstreams/endpoints.ts';
import type { HealthBook } from '../upstreams/health.ts';
import type { Upstream } from '../upstreams/upstreams.ts';
import { providerFailure } from '../wire/failure.ts';
import { meaningOf, readProviderError, readRetryAfter } from '../wire/provider-error.ts';
import { createTimeIds } from './time-id.ts';
import { type PeekedRequest, peekRequest, renameModel } from '../wire/request.ts';
import { providerRequestOf, upstreamHeaders } from './headers.ts';
import { createEchoPattern, type EchoPattern } from './mask-echo.ts';
import type { Pinger } from './ping.ts';
import type { Pools } from './pools.ts';
import { relay, type RelayResult } from './relay.ts';

/** What the calls of a server share. */
export interface CallParts {
  settings: SettingsCache;
  ledger: Ledger;
  pools: Pools;
  pinger: Pinger;
  health: HealthBook;
  catalog: CatalogRefresh;
  now: () => number;
}

/** One call that has passed the guards. */
export interface CallRequest {
  incoming: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
  principal: Principal;
  format: WireFormat;
  operation: Operation;
  pathModel: string | undefined;
  query: string;
  requestId: string;
}

/** What a log line tells of a call beside its status. */
export interface CallReport {
  model?: string;
  provider?: string;
  upstream?: string;
  /** The id under which the provider finds the call in its own log. */
  providerRequest?: string | undefined;
  outcome?: string;
  /** What went wrong at the upstream, in our words. */
  fault?: string;
}

/** Tokens that providers add around what is sent. */
const OVERHEAD_TOKENS = 512;
const FREE: ReadonlySet<Operation> = new Set(['count-tokens', 'google-count-tokens']);
const REPOSITORY = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;

/** The repository that a client says its call is for. */
export const statedRepository = (incoming: IncomingMessage): string | undefined => {
  const stated = incoming.headers['x-mogplex-repository'];
  return typeof stated === 'string' && REPOSITORY.test(stated) ? stated : undefined;
};

const unknownModel = (name: string, format: WireFormat): MogplexError =>
  new MogplexError('not_found', `there is no model "${name.slice(0, 100)}" in the catalogue for this wire format (${format})`, {
    boundary: 'model',
    hint: 'List the models with GET /api/v1/mogplex/models',
  });

interface Plotted {
  settings: Settings;
  caller: Caller;
  model: CatalogModel;
  routes: readonly [Route, ...Route[]];
  /** To whom the calls of the last caller on this way are booked. */
  attribution?: { principal: Principal; of: Attribution };
}

const plot = (settings: Settings, caller: Caller, name: string, format: WireFormat): Plotted | MogplexError => {
  const model = findModel(settings, caller, name, format);
  if (!model) return unknownModel(name, format);
  const { routes, obstacle } = reach(settings, caller, model, format);
  return obstacle ? noModelAccess(obstacle) : { settings, caller, model, routes };
};

/** Ways that were found, by the settings that they follow from and the caller. */
const ways = new WeakMap<Settings, WeakMap<Principal, Map<string, Plotted>>>();
const MOST_WAYS = 200;

const waysOf = (settings: Settings, principal: Principal): Map<string, Plotted> => {
  const callers = ways.get(settings) ?? new WeakMap<Principal, Map<string, Plotted>>();
  const known = callers.get(principal);
  if (known) return known;
  const made = new Map<string, Plotted>();
  ways.set(settings, callers.set(principal, made));
  return made;
};

const findWay = (parts: CallParts, request: CallRequest, name: string): MaybeLater<Plotted> => {
  const settings = parts.settings.current();
  if (settings instanceof Promise) return settings.then((loaded) => findNewWay(parts, request, name, loaded));
  const key = keyOfWay(request, name);
  return waysOf(settings, request.principal).get(key) ?? findNewWay(parts, request, name, settings);
};

const keyOfWay = ({ incoming, format }: CallRequest, name: string): string => `${statedRepository(incoming) ?? ''}\n${format}\n${name}`;

const findNewWay = async (parts: CallParts, request: CallRequest, name: string, settings: Settings): Promise<Plotted> => {
  const caller = callerOf(request.principal, statedRepository(request.incoming));
  const found = plot(settings, caller, name, request.format);
  // A name that nobody knows may be new at its provider.
  if (found instanceof MogplexError && found.code === 'not_found' && (await parts.catalog.refresh()) > 0) {
    const again = plot(await parts.settings.current(), caller, name, request.format);
    if (again instanceof MogplexError) throw again;
    return again;
  }
  if (found instanceof MogplexError) throw found;
  const kept = waysOf(settings, request.principal);
  if (kept.size < MOST_WAYS) kept.set(keyOfWay(request, name), found);
  return found;
};

/** The most that a call can cost: every byte a token, every allowed output token written. */
const worstCase = (model: CatalogModel, peeked: PeekedRequest, body: Buffer): number => {
  if (!model.price) return 0;
  const input = peeked.openInput ? model.contextLength : Math.min(body.length + OVERHEAD_TOKENS, model.contextLength);
  return mostOf(model.price, input, mostOutput(model, peeked), peeked.multiplier, peeked.keepsForAnHour);
};

const nextId = createTimeIds();

const SOURCES: Record<Principal['kind'], string> = { personal: 'api', oauth: 'oauth', session: 'web', run: 'run' };

const attributionOf = (principal: Principal, way: Plotted): Attribution => {
  const known = way.attribution;
  if (known?.principal === principal) return known.of;
  const of: Attribution = {
    accountId: principal.accountId,
    teamId: principal.teamId ?? null,
    tokenId: principal.tokenId,
    runId: principal.runId ?? null,
    source: principal.source ?? (principal.clientId === 'mogplex-cli' ? 'cli' : SOURCES[principal.kind]),
    model: way.model.id,
    provider: way.model.provider,
    upstreamId: way.routes[0].upstream.id,
  };
  way.attribution = { principal, of };
  return of;
};

const reservationFor = (parts: CallParts, request: CallRequest, way: Plotted, amount: number): Reservation => {
  const payer = payerOf(way.settings, way.caller);
  const plan = planOf(way.settings, payer);
  return {
    id: nextId(parts.now()),
    payer,
    amount,
    charged: plan.monthlyCredit !== null,
    plan,
    attribution: attributionOf(request.principal, way),
  };
};

interface Dialed {
  origin: string;
  /** What stands before the path of every operation. */
  path: string;
  key: string;
  echo: EchoPattern;
}

const prepared = new WeakMap<Upstream, Dialed>();

/** What an upstream's row means for a call, worked out once. */
const dialed = (upstream: Upstream): Dialed => {
  const known = prepared.get(upstream);
  if (known) return known;
  const key = upstream.key.reveal();
  const { origin, pathname } = new URL(upstream.baseUrl ?? ENDPOINTS[upstream.provider].baseUrl);
  const made = { origin, path: pathname, key, echo: createEchoPattern(key) };
  prepared.set(upstream, made);
  return made;
};

const attempt = (
  parts: CallParts,
  request: CallRequest,
  peeked: PeekedRequest,
  { mostSearches }: PieceTerms,
  route: Route,
): Promise<RelayResult> => {
  const { upstream, modelName } = route;
  const { origin, path, key, echo } = dialed(upstream);
  const body = peeked.modelAt && modelName !== peeked.model ? renameModel(request.body, peeked.modelAt, modelName) : request.body;
  return relay({
    // The operator's addresses may be private; an account's own key always goes to the provider's public address.
    pool: parts.pools.get(origin, upstream.accountId === null),
    method: 'POST',
    path: `${path}${operationPath(request.operation, modelName)}${request.query}`,
    headers: upstreamHeaders(request.incoming.headers, request.format, key),
    body,
    key,
    echo,
    format: request.format,
    operation: request.operation,
    searching: peeked.tools.searches > 0,
    mostSearches,
    requestId: request.requestId,
    response: request.response,
    pinger: parts.pinger,
  });
};

/** Whether another key may be tried. @param meaning what a refusal is about, see {@link meaningOf}. */
const mayTryNext = (result: RelayResult, meaning: number): boolean =>
  result.type === 'failed' ? !isTimeout(result.error) : result.type === 'refused' && (KEY_TROUBLES.has(meaning) || meaning >= 500);

const KEY_TROUBLES: ReadonlySet<number> = new Set([401, 402, 403, 429]);

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.name);
const isTimeout = (error: Error): boolean => codeOf(error) === 'UPSTREAM_HEADERS_TIMEOUT';

/** The last attempt of a call, and when it began, on the clock of `performance.now`. */
interface Tried {
  result: RelayResult;
  route: Route;
  began: number;
}

/** Tries the keys in turn until one answers; nothing has been sent to the client before that. */
const tryRoutes = async (
  parts: CallParts,
  request: CallRequest,
  peeked: PeekedRequest,
  pieces: PieceTerms,
  routes: readonly Route[],
): Promise<Tried> => {
  let last: Tried | undefined;
  for (const route of routes) {
    const began = performance.now();
    const result = await attempt(parts, request, peeked, pieces, route);
    last = { result, route, began };
    const meaning = result.type === 'refused' ? meaningOf(result.status, result.body) : 0;
    if (result.type === 'refused') parts.health.note(route.upstream, meaning, readRetryAfter(result.headers, parts.now()));
    else if (result.type !== 'unsent') parts.health.note(route.upstream, result.type === 'failed' ? 'unreachable' : 200);
    if (!mayTryNext(result, meaning) || request.response.destroyed) break;
  }
  if (!last) throw new Error('a call needs at least one route');
  return last;
};

const failureOf = (error: Error): MogplexError => {
  if (error instanceof MogplexError) return error;
  if (isTimeout(error))
    return new MogplexError('upstream_timeout', 'the provider did not begin to answer in time', { boundary: 'model', cause: error });
  return new MogplexError('upstream_error', 'the provider cannot be reached', {
    boundary: 'model',
    hint: 'Try again in a moment',
    retryAfter: 2,
    cause: error,
  });
};

type Refused = Extract<RelayResult, { type: 'refused' }>;

/** Whether a repetition can help: what the provider says of that, and no where its account is what has to be mended. */
const healsOf = ({ status, headers, body }: Refused): boolean | undefined => {
  const said = headers['x-should-retry'];
  if (said === 'false' || meaningOf(status, body) === 402) return false;
  return said === 'true' ? true : undefined;
};

const refuse = (request: CallRequest, parts: CallParts, result: Refused, route: Route): void => {
  const notHere = FREE.has(request.operation) && (result.status === 404 || result.status === 405);
  if (notHere) throw new MogplexError('not_implemented', 'this provider does not count tokens', { boundary: 'model' });
  const { key } = dialed(route.upstream);
  const mask = (text: string): string => text.replaceAll(key, '[redacted:upstream-key]');
  // A redirect would carry the key elsewhere: it is never followed.
  const status = result.status < 400 ? 502 : result.status;
  const facts = readProviderError({ status, body: result.body, own: route.own, mask });
  const retrying = { retryAfter: readRetryAfter(result.headers, parts.now()), heals: healsOf(result) };
  const failure = providerFailure(request.format, facts, request.requestId, retrying);
  request.response.writeHead(failure.status, failure.headers).end(failure.body);
};

const finish = (
  parts: CallParts,
  request: CallRequest,
  way: Plotted,
  reservation: Reservation | undefined,
  peeked: PeekedRequest,
  { result, route, began }: Tried,
): CallReport => {
  const report: CallReport = { model: way.model.id, provider: route.upstream.provider, upstream: route.upstream.id };
  if ('headers' in result) report.providerRequest = providerRequestOf(result.headers, dialed(route.upstream).key);
  if (result.type === 'answered') {
    const { outcome } = result;
    const usage = bookedUsage(way.model, peeked, result.usage, result.until - began);
    if (reservation) {
      const cost = bookedCost(way.model, peeked, usage);
      parts.ledger.settle({ reservation, reserved: !route.own, upstreamId: route.upstream.id, usage, cost, outcome });
    }
    const fault = result.error ? codeOf(result.error) : result.echoed ? 'the upstream sent its key back' : undefined;
    return { ...report, outcome: usage.exact ? outcome : `${outcome}, estimated`, ...(fault ? { fault } : {}) };
  }
  if (reservation && !route.own) parts.ledger.release(reservation);
  if (result.type === 'unsent') return { ...report, outcome: 'cancelled before it was sent' };
  if (result.type === 'failed')
    throw Object.assign(failureOf(result.error), { report: { ...report, outcome: 'failed', fault: codeOf(result.error) } });
  const echoed = result.body.includes(dialed(route.upstream).key) ? ' and sent its key back' : '';
  const fault = `the upstream answered ${result.status}${echoed}`;
  refuse(request, parts, result, route);
  return { ...report, outcome: 'refused', fault };
};

/**
 * Makes one call to a model: reads what it asks, finds a key, sets credit aside, passes the answer through, books what
 * it used. The answer, an error of the provider included, is written to the response.
 *
 * @throws MogplexError when nothing was written: an unknown model, no model access, no credit, an upstream out of reach.
 */
export const callModel = async (parts: CallParts, request: CallRequest): Promise<CallReport> => {
  const peeked = peekRequest(request.body, request.operation, request.pathModel);
  const found = findWay(parts, request, peeked.model);
  const way = found instanceof Promise ? await found : found;
  const free = FREE.has(request.operation);
  const own = way.routes[0].own;
  const limited = !own && !free && planOf(way.settings, payerOf(way.settings, way.caller)).monthlyCredit !== null;
  const pieces = pieceTerms(peeked.tools, way.model.provider, { limited, stream: peeked.stream });
  const most = worstCase(way.model, peeked, request.body) + pieces.setAside;
  const reservation = free ? undefined : reservationFor(parts, request, way, most);
  const booked = reservation && !own ? parts.ledger.reserve(reservation) : undefined;
  if (booked) await booked;
  const tried = await tryRoutes(parts, request, peeked, pieces, parts.health.order(way.routes));
  return finish(parts, request, way, reservation, peeked, tried);
};
