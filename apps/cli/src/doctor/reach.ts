import type { World } from '../world.ts';
import type { Finding, ReachReport } from './report.ts';

const TIMEOUT_MS = 5_000;
/** Signed requests and short-lived tokens fail from about here. */
const LARGEST_SKEW_SECONDS = 30;

const skewOf = (response: Response, started: number, ended: number): number | undefined => {
  const date = Date.parse(response.headers.get('date') ?? '');
  // The header counts whole seconds, so half a second is its middle.
  return Number.isNaN(date) ? undefined : Math.round((started + ended) / 2 - (date + 500)) / 1000;
};

const skewFindings = (skew: number | undefined): Finding[] =>
  skew !== undefined && Math.abs(skew) > LARGEST_SKEW_SECONDS
    ? [{ severity: 'warning', text: `this machine's clock is ${Math.abs(Math.round(skew))} s ${skew > 0 ? 'ahead' : 'behind'}` }]
    : [];

const whyNot = (error: unknown): string => {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return 'no connection';
};

/**
 * Asks an address without any credential whether it answers, and compares the clocks by its `Date` header
 * (RFC 9110, section 6.6.1). Any status counts as an answer.
 */
export const checkReach = async (world: World, url: string): Promise<ReachReport> => {
  const { origin } = new URL(url);
  const started = world.now();
  try {
    const response = await world.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const ended = world.now();
    await response.body?.cancel();
    const skew = skewOf(response, started, ended);
    return {
      origin,
      reachable: true,
      tookMs: Math.round(ended - started),
      ...(skew === undefined ? {} : { clockAheadSeconds: skew }),
      findings: skewFindings(skew),
    };
  } catch (error) {
    return { origin, reachable: false, findings: [{ severity: 'problem', text: `cannot be reached (${whyNot(error)})` }] };
  }
};
