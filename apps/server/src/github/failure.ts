import { MogplexError } from '@mogplex/protocol';

/** The longest wait in seconds that is passed on: GitHub's windows are an hour. */
const LONGEST_WAIT = 3_600;
const DEFAULT_WAIT = 60;

/** GitHub refuses the stored token: what a person reads then. */
export class BrokenLink extends MogplexError {
  constructor() {
    super('forbidden', 'GitHub no longer accepts the link to your account: reconnect GitHub', {
      boundary: 'github',
      hint: 'Open Settings > GitHub and choose Reconnect.',
    });
  }
}

const seconds = (text: string | null): number | undefined => (text !== null && /^\d{1,10}$/.test(text) ? Number(text) : undefined);

/**
 * Seconds to wait: `Retry-After`, else the end of the window in `X-RateLimit-Reset` (seconds since the epoch), else a minute, as
 * GitHub's rules for its primary and secondary limits say.
 */
const waitOf = (headers: Headers, now: number): number => {
  const reset = seconds(headers.get('x-ratelimit-reset'));
  const wait = seconds(headers.get('retry-after')) ?? (reset === undefined ? DEFAULT_WAIT : reset - Math.floor(now / 1_000));
  return Math.min(Math.max(wait, 1), LONGEST_WAIT);
};

const isLimit = (status: number, headers: Headers): boolean =>
  status === 429 || (status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after')));

/**
 * What an answer of GitHub's that is no success means here.
 *
 * @param now milliseconds since the epoch, to turn GitHub's reset time into a wait.
 */
export const failureOf = (status: number, headers: Headers, now: number): MogplexError => {
  if (isLimit(status, headers)) {
    const retryAfter = waitOf(headers, now);
    return new MogplexError('rate_limited', `GitHub limits the requests of your account: try again in ${retryAfter} s`, {
      boundary: 'github',
      retryAfter,
    });
  }
  if (status === 401) return new BrokenLink();
  if (status === 403) {
    return new MogplexError('forbidden', 'GitHub refuses this', {
      boundary: 'github',
      hint: 'An organization may ask for single sign-on, or restrict applications: look at the application in your settings at GitHub.',
    });
  }
  return new MogplexError('upstream_error', `GitHub answered ${status}`, {
    boundary: 'github',
    hint: 'Try again; see https://www.githubstatus.com, or the operator of the GitHub Enterprise server.',
  });
};

/** What it means that no answer came. */
export const silence = (cause: unknown, host: string): MogplexError => {
  const late = cause instanceof Error && cause.name === 'TimeoutError';
  return new MogplexError(
    late ? 'upstream_timeout' : 'upstream_error',
    `${host} ${late ? 'does not answer in time' : 'cannot be reached'}`,
    {
      boundary: 'github',
      hint: 'Try again in a while.',
      cause,
    },
  );
};

/** What it means that an answer is not what GitHub's documentation says. */
export const strangeAnswer = (cause?: unknown): MogplexError =>
  new MogplexError('upstream_error', 'GitHub answered in a form that is not known here', {
    boundary: 'github',
    hint: 'Check that MOGPLEX_GITHUB_URL is the address of a GitHub server.',
    ...(cause === undefined ? {} : { cause }),
  });
