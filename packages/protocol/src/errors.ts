/** The places where a request can fail, in the words that support and operators use (statement B22). */
export const BOUNDARIES = [
  'request',
  'token',
  'account',
  'model',
  'run',
  'connection',
  'github',
  'slack',
  'sandbox',
  'storage',
  'configuration',
  'network',
  'terminal',
] as const;

export type Boundary = (typeof BOUNDARIES)[number];

/** Process exit codes of both executables. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  unauthenticated: 64,
  forbidden: 65,
  unavailable: 69,
  rateLimited: 75,
  interrupted: 130,
} as const;

/** Every error code with the HTTP status and the exit code that carry it. */
export const ERRORS = {
  invalid_request: { status: 400, exit: EXIT.failure },
  usage: { status: 400, exit: EXIT.usage },
  unauthenticated: { status: 401, exit: EXIT.unauthenticated },
  out_of_credit: { status: 402, exit: EXIT.forbidden },
  forbidden: { status: 403, exit: EXIT.forbidden },
  insufficient_scope: { status: 403, exit: EXIT.forbidden },
  no_model_access: { status: 403, exit: EXIT.forbidden },
  not_found: { status: 404, exit: EXIT.failure },
  method_not_allowed: { status: 405, exit: EXIT.failure },
  conflict: { status: 409, exit: EXIT.failure },
  gone: { status: 410, exit: EXIT.failure },
  payload_too_large: { status: 413, exit: EXIT.failure },
  unsupported_media_type: { status: 415, exit: EXIT.failure },
  rate_limited: { status: 429, exit: EXIT.rateLimited },
  internal: { status: 500, exit: EXIT.failure },
  not_implemented: { status: 501, exit: EXIT.failure },
  upstream_error: { status: 502, exit: EXIT.unavailable },
  unavailable: { status: 503, exit: EXIT.unavailable },
  upstream_timeout: { status: 504, exit: EXIT.unavailable },
  damaged: { status: 500, exit: EXIT.failure },
  interrupted: { status: 499, exit: EXIT.interrupted },
} as const satisfies Record<string, { status: number; exit: number }>;

export type ErrorCode = keyof typeof ERRORS;

export interface MogplexErrorOptions {
  /** Where it failed. */
  boundary: Boundary;
  /** What to do about it, one sentence. */
  hint?: string;
  /** The id that finds the request in the server's logs. */
  requestId?: string;
  /** Seconds to wait before the same request can succeed. */
  retryAfter?: number;
  cause?: unknown;
}

/**
 * The one error type that crosses a room's edge. Its message is for people and never holds a secret.
 *
 * @example
 * throw new MogplexError('no_model_access', 'no model access for openai/gpt-5', {
 *   boundary: 'model',
 *   hint: 'Add a key in Settings > API Keys.',
 * });
 */
export class MogplexError extends Error {
  override readonly name = 'MogplexError';
  readonly code: ErrorCode;
  readonly boundary: Boundary;
  readonly hint: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: MogplexErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.boundary = options.boundary;
    this.hint = options.hint;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
  }

  /** The HTTP status of this error's code. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** The process exit code of this error's code. */
  get exitCode(): number {
    return ERRORS[this.code].exit;
  }
}
