import { MogplexError } from '@mogplex/protocol';
import { Secret } from '../src/secret.ts';

/** Asks the token server of `token-server.ts` (RFC 6749 section 6). */
export async function exchange(url: string, refreshToken: Secret, signal: AbortSignal): Promise<{ access: Secret; refresh: Secret }> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken.reveal() });
  const response = await fetch(url, { method: 'POST', body, signal });
  const answer = (await response.json()) as { access_token?: string; refresh_token?: string };
  if (answer.access_token === undefined || answer.refresh_token === undefined) {
    throw new MogplexError('unauthenticated', 'invalid_grant', { boundary: 'account' });
  }
  return { access: new Secret(answer.access_token, 'test access'), refresh: new Secret(answer.refresh_token, 'test refresh') };
}
