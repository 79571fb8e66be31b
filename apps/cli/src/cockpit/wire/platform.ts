import { ACCOUNT_PROVIDER } from '@mogplex/credentials';
import { errorEnvelope, fromErrorEnvelope, MogplexError } from '@mogplex/protocol';
import { accountCredential, DEFAULT_PLATFORM, originOf } from '../../session/account.ts';
import { authFileOf, resolveNow } from '../../session/resolve.ts';
import type { World } from '../../world.ts';

const TIMEOUT_MS = 15_000;

/** The origin of the platform that a sign-in goes to. @throws MogplexError when MOGPLEX_URL is not an http(s) URL */
export function platformOrigin(world: World): string {
  const set = world.env['MOGPLEX_URL']?.trim();
  const url = set === undefined || set === '' ? DEFAULT_PLATFORM : set;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin;
  throw new MogplexError('usage', 'MOGPLEX_URL is not an http or https URL', { boundary: 'configuration' });
}

/**
 * Asks API v1 with the account's credential, which goes to the platform that issued it and nowhere else.
 *
 * @param path below `/api/v1/mogplex`, beginning with a slash
 * @returns the `data` of the answer, unchecked
 * @throws MogplexError what the platform answered, or `unavailable`
 */
export async function askPlatform(world: World, path: string): Promise<unknown> {
  const file = authFileOf(world);
  const found = resolveNow(world, file, ACCOUNT_PROVIDER);
  if (found === undefined) {
    throw new MogplexError('unauthenticated', 'this comes with a Mogplex account', {
      boundary: 'account',
      hint: '/login signs in to one.',
    });
  }
  const token = await accountCredential(world, file, found).current();
  const origin = originOf(found);
  const response = await world
    .fetch(`${origin}/api/v1/mogplex${path}`, {
      headers: { authorization: `Bearer ${token.reveal()}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    .catch((cause: unknown) => {
      throw new MogplexError('unavailable', `the platform at ${origin} cannot be reached`, { boundary: 'network', cause });
    });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return (body as { data?: unknown } | undefined)?.data;
  const failure = errorEnvelope.safeParse(body);
  if (failure.success) throw fromErrorEnvelope(failure.data);
  throw new MogplexError('upstream_error', `the platform at ${origin} answered ${response.status}`, { boundary: 'network' });
}
