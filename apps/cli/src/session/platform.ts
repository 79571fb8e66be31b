import { type Client, createClient } from '@mogplex/client';
import { ACCOUNT_PROVIDER, type AuthFile } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { World } from '../world.ts';
import { accountCredential, originOf } from './account.ts';
import { authFileOf, passedOver, resolveNow, whyNoCredential } from './resolve.ts';

/** The platform of this person's account, with the credential that is in use. */
export interface PlatformAccess {
  client: Client;
  /** `https://mogplex.example` */
  origin: string;
  /** `env MOGPLEX_API_KEY`, or the account login that is stored. */
  source: string;
}

const noAccount = (world: World, file: AuthFile): MogplexError => {
  const url = world.env['MOGPLEX_URL']?.trim();
  if (url !== undefined && url !== '' && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    return new MogplexError('usage', 'MOGPLEX_URL is not an http or https URL', { boundary: 'configuration' });
  }
  const { damage } = file.read();
  if (damage || passedOver(world, file, ACCOUNT_PROVIDER)) return whyNoCredential(world, file, ACCOUNT_PROVIDER);
  return new MogplexError('unauthenticated', 'this needs a Mogplex account', {
    boundary: 'account',
    hint: 'Run `mogplex` in a terminal to sign in, or set MOGPLEX_API_KEY (and MOGPLEX_URL).',
  });
};

/** The same error with the credential's name in it where the platform refused that; any other as it is. */
export const namingCredential = ({ origin, source }: PlatformAccess, error: unknown): unknown => {
  if (!(error instanceof MogplexError) || error.code !== 'unauthenticated' || error.requestId === undefined) return error;
  const { hint, requestId, boundary } = error;
  return new MogplexError('unauthenticated', `the platform at ${origin} refused ${source}`, {
    boundary,
    requestId,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
};

/**
 * Opens the platform with the account's credential: `MOGPLEX_API_KEY`, else the stored login, which is kept fresh and goes to the
 * platform that issued it and nowhere else.
 *
 * @throws MogplexError `unauthenticated` without any, `damaged` when the stored one cannot be read
 */
export const openPlatform = (world: World): PlatformAccess => {
  const file = authFileOf(world);
  const found = resolveNow(world, file, ACCOUNT_PROVIDER);
  if (!found) throw noAccount(world, file);
  const origin = originOf(found);
  // A token of the environment cannot be renewed: what the platform says of it is the last word.
  const token = found.via === 'gateway' && found.source.kind === 'env' ? found.secret : accountCredential(world, file, found);
  return { client: createClient({ baseUrl: origin, token, fetch: world.fetch }), origin, source: found.source.text };
};
