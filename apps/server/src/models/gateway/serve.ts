import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MogplexError } from '@mogplex/protocol';
import type { GuardParts } from '../../http/guard.ts';
import { refusedRequestIdOf, requestIdOf } from '../../http/guard.ts';
import type { MaybeLater, Principal } from '../../http/principal.ts';
import { asMogplexError } from '../../http/refusal.ts';
import { wireFailure } from '../wire/failure.ts';
import { findTarget, formatOfUrl, isGatewayUrl, type Target, tokenOf } from './address.ts';
import { callerOf } from '../catalog/reach.ts';
import { callModel, type CallParts, type CallReport, statedRepository } from './call.ts';
import { collectBody } from './body.ts';
import { describeModel, listModels } from './lists.ts';

/** The gateway as the HTTP server sees it. */
export interface Gateway {
  /** Whether a URL is the gateway's. */
  owns(url: string): boolean;
  /** Answers a request. Never rejects. */
  serve(incoming: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers a request to change the protocol: clients that try a WebSocket fall back at once on this status (RFC 9110, section 15.5.22). */
  refuseUpgrade(socket: Duplex): void;
}

/** The parts of the guard chain that the gateway runs itself, on the bare request, in the same order. */
export type GatewayGuards = Pick<GuardParts, 'authenticate' | 'limiter' | 'log' | 'addressOf' | 'refusalIdOf' | 'now'> & {
  /** Bytes of a request's body. */
  bodyLimit: number;
};

/** RFC 9110, section 15.5.22, wants to be told what would do: this protocol. */
const UPGRADE_REFUSAL = 'HTTP/1.1 426 Upgrade Required\r\nupgrade: HTTP/1.1\r\nconnection: upgrade, close\r\ncontent-length: 0\r\n\r\n';

/** How long a client that was refused may take to close its side, in milliseconds. */
const LINGER_MS = 2_000;

/** Node has let go of the socket: nobody else listens to its errors, reads what still comes, or closes it. */
const refuseUpgrade = (socket: Duplex): void => {
  const late = setTimeout(() => socket.destroy(), LINGER_MS);
  late.unref();
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(late));
  socket.resume();
  socket.end(UPGRADE_REFUSAL);
};

const nothingHere = (): MogplexError => new MogplexError('not_found', 'the gateway has nothing at this path', { boundary: 'request' });

const invalidCredential = (): MogplexError =>
  new MogplexError('unauthenticated', 'the credential is not valid', {
    boundary: 'token',
    hint: 'Use a token of this platform as the API key',
  });

/** Takes tokens only: a cookie that a browser sends along never spends credit. */
const authenticate = (guards: GatewayGuards, incoming: IncomingMessage): MaybeLater<Principal | undefined> => {
  const token = tokenOf(incoming);
  return token === undefined ? undefined : guards.authenticate(incoming, token);
};

const refuseCredential = async (guards: GatewayGuards, error: unknown, address: string): Promise<never> => {
  if (!(error instanceof MogplexError && error.code === 'unauthenticated')) throw error;
  await guards.limiter.charge('address', address);
  throw invalidCredential();
};

const checkScope = (principal: Principal, scope: 'read' | 'write'): void => {
  if (principal.scopes.has(scope)) return;
  throw new MogplexError('insufficient_scope', `the credential lacks the scope ${scope}`, {
    boundary: 'token',
    hint: `Use one that has the scope ${scope}`,
  });
};

const sendJson = (response: ServerResponse, requestId: string, data: object): void => {
  response
    .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': requestId })
    .end(JSON.stringify(data));
};

const read = (incoming: IncomingMessage, limit: number): Promise<Buffer> => {
  const encoding = incoming.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new MogplexError('unsupported_media_type', 'request bodies must not be compressed', { boundary: 'request' });
  }
  return collectBody(incoming, limit);
};

const reportOf = (error: unknown): CallReport => (error instanceof Error && 'report' in error ? (error.report as CallReport) : {});

/**
 * The model gateway on the bare request and response of Node, before any framework: token, rate limit, scope,
 * entitlement, reservation, upstream, settlement, log.
 */
export const createGateway = (parts: CallParts, guards: GatewayGuards): Gateway => {
  const answer = async (
    target: Target | undefined,
    incoming: IncomingMessage,
    response: ServerResponse,
    seen: { principal?: Principal },
    requestId: string,
    address: string,
  ): Promise<CallReport> => {
    if (target?.operation === 'hello') {
      response.writeHead(200, { 'content-length': '0', 'x-request-id': requestId }).end();
      return {};
    }
    let principal: Principal | undefined;
    try {
      const found = authenticate(guards, incoming);
      principal = found instanceof Promise ? await found : found;
      if (!principal) throw invalidCredential();
    } catch (error) {
      return refuseCredential(guards, error, address);
    }
    seen.principal = principal;
    const charged = guards.limiter.charge('model', principal.tokenId);
    if (charged) await charged;
    if (!target) throw nothingHere();
    const listing = target.operation === 'models' || target.operation === 'model';
    checkScope(principal, listing ? 'read' : 'write');
    if (target.operation === 'models' || target.operation === 'model') {
      const settings = await parts.settings.current();
      const caller = callerOf(principal, statedRepository(incoming));
      sendJson(
        response,
        requestId,
        target.model === undefined
          ? listModels(settings, caller, target.format)
          : describeModel(settings, caller, target.format, target.model),
      );
      return {};
    }
    const body = await read(incoming, guards.bodyLimit);
    const { format, operation, query } = target;
    return callModel(parts, { incoming, response, body, principal, format, operation, pathModel: target.model, query, requestId });
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const url = incoming.url ?? '';
    const method = incoming.method ?? '';
    let requestId = requestIdOf(incoming);
    const address = guards.addressOf(incoming);
    const target = findTarget(method, url);
    const seen: { principal?: Principal } = {};
    let failure: MogplexError | undefined;
    let report: CallReport;
    try {
      report = await answer(target, incoming, response, seen, requestId, address);
    } catch (error) {
      failure = asMogplexError(error, 'model');
      report = reportOf(error);
      const refused = failure.code === 'unauthenticated' && seen.principal === undefined && tokenOf(incoming) !== undefined;
      if (refused) requestId = refusedRequestIdOf(guards, incoming, address);
      if (failure.status >= 500) guards.log.error('a model call failed', failure, { requestId, route: target?.pattern ?? '/gateway' });
      if (response.headersSent) response.destroy();
      else {
        const { status, headers, body } = wireFailure(target?.format ?? formatOfUrl(url), failure, requestId);
        response.writeHead(status, incoming.complete ? headers : { ...headers, connection: 'close' }).end(body);
      }
    }
    guards.log.request({
      requestId,
      address,
      method,
      route: target?.pattern ?? '/gateway',
      status: response.headersSent ? response.statusCode : 499,
      duration: Math.round((performance.now() - started) * 100) / 100,
      accountId: seen.principal?.accountId,
      tokenId: seen.principal?.tokenId,
      runId: seen.principal?.runId,
      code: failure?.code,
      boundary: failure?.boundary,
      model: report.model,
      provider: report.provider,
      upstream: report.upstream,
      providerRequest: report.providerRequest,
      outcome: report.outcome,
      fault: report.fault,
    });
  };

  return { owns: isGatewayUrl, serve, refuseUpgrade };
};
