import { MogplexError } from '@mogplex/protocol';
import type { World } from '../../world.ts';

export const DEFAULT_PLATFORM = 'http://127.0.0.1:4100';

/** The origin of the platform that a sign-in goes to. @throws MogplexError when MOGPLEX_URL is not an http(s) URL */
export function platformOrigin(world: World): string {
  const set = world.env['MOGPLEX_URL']?.trim();
  const url = set === undefined || set === '' ? DEFAULT_PLATFORM : set;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin;
  throw new MogplexError('usage', 'MOGPLEX_URL is not an http or https URL', { boundary: 'configuration' });
}
