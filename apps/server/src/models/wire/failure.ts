import { MogplexError } from '@mogplex/protocol';
import type { WireFormat } from '../types.ts';

/** An error as a client of one wire format understands it. */
export interface WireFailure {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The error types of Anthropic's API by status (docs: Errors). */
const ANTHROPIC_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  501: 'api_error',
  502: 'api_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** The error types of OpenAI's API by status. */
const OPENAI_TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'rate_limit_error',
};

/** The canonical status names of Google's APIs (google.rpc.Code) by HTTP status. */
const GOOGLE_STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** What is told to a client: a status, words, and the provider's own type and code where they are known. */
export interface FailureFacts {
  status: number;
  message: string;
  type?: string;
  code?: string;
}

const openaiType = (status: number): string => OPENAI_TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
const anthropicType = (status: number): string => ANTHROPIC_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');

/** The error object of a format. Also the data of an error event within a stream. */
export const failureBody = (format: WireFormat, facts: FailureFacts, requestId: string): string => {
  const { status, message } = facts;
  switch (format) {
    case 'anthropic':
      return JSON.stringify({ type: 'error', error: { type: facts.type ?? anthropicType(status), message }, request_id: requestId });
    case 'google':
      return JSON.stringify({
        error: { code: status, message, status: facts.type ?? GOOGLE_STATUS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT') },
      });
    case 'openai':
      return JSON.stringify({ error: { message, type: facts.type ?? openaiType(status), param: null, code: facts.code ?? null } });
  }
};

/** An event that tells a client within a stream that the answer ends here and is not whole. */
export const failureEvent = (format: WireFormat, operation: string, facts: FailureFacts, requestId: string): string => {
  const body = failureBody(format, facts, requestId);
  if (format === 'anthropic') return `event: error\ndata: ${body}\n\n`;
  if (operation === 'responses') {
    const data = JSON.stringify({
      type: 'error',
      code: facts.code ?? 'server_error',
      message: facts.message,
      param: null,
      sequence_number: 0,
    });
    return `event: error\ndata: ${data}\n\n`;
  }
  return `data: ${body}\n\n`;
};

/** Errors that the same request meets again, whatever the wait: clients are told not to try. */
const healsByItself = (status: number): boolean => status === 408 || status === 409 || status === 429 || (status >= 500 && status !== 501);

interface Retrying {
  /** Seconds. */
  retryAfter?: number | undefined;
  /** Whether a repetition can help; absent: as errors of this status mostly do. */
  heals?: boolean | undefined;
}

const wireHeaders = (
  status: number,
  requestId: string,
  { retryAfter, heals = healsByItself(status) }: Retrying,
): Record<string, string> => ({
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-request-id': requestId,
  'request-id': requestId,
  'x-should-retry': String(heals),
  ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
});

/**
 * One of our own errors in the wire format that the client speaks. The boundary and the request id are in the words,
 * since every client prints those and few print anything else (statement B22).
 */
export const wireFailure = (format: WireFormat, error: MogplexError, requestId: string): WireFailure => {
  const words = [error.message, error.hint].filter(Boolean).join('. ').replaceAll('..', '.');
  const facts = { status: error.status, message: `${words} (${error.boundary}, request ${requestId})`, code: error.code };
  return {
    status: error.status,
    headers: {
      ...wireHeaders(error.status, requestId, { retryAfter: error.retryAfter }),
      'x-mogplex-error': error.code,
      'x-mogplex-boundary': error.boundary,
    },
    body: failureBody(format, facts, requestId),
  };
};

/** A provider's error in the wire format that the client speaks, with the provider's status and type. */
export const providerFailure = (format: WireFormat, facts: FailureFacts, requestId: string, retrying: Retrying): WireFailure => ({
  status: facts.status,
  headers: {
    ...wireHeaders(facts.status, requestId, retrying),
    'x-mogplex-error': 'upstream_error',
    'x-mogplex-boundary': 'model',
  },
  body: failureBody(format, { ...facts, message: `${facts.message} (model, request ${requestId})` }, requestId),
});
