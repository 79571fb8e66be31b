import type { Platform } from '../platform.ts';
import type { Auth } from './auth.ts';
import type { OAuthContext } from './oauth/context.ts';

/** What the routes of this room share. */
export interface Identity {
  platform: Platform;
  /** The account library, loaded at its first use. */
  auth: () => Promise<Auth>;
  oauth: OAuthContext;
}
