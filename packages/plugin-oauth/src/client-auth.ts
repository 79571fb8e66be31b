import { type Client, type ClientAuth, ClientSecretPost, None } from 'oauth4webapi';
import type { OAuthProfile } from './profile.ts';

/** This client as the protocol library wants it. */
export const clientOf = (profile: OAuthProfile): Client => ({ client_id: profile.clientId });

/** How this client names itself at the token endpoint: publicly, or with the secret that installed applications get. */
export const clientAuthOf = (profile: OAuthProfile): ClientAuth =>
  profile.clientSecret === undefined ? None() : ClientSecretPost(profile.clientSecret.reveal());
