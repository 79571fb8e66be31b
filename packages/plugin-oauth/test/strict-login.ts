import type { LoginContext, LoginEvent } from '@moxxy/sdk';
import { oauth, type OAuthProfile, type StandardOAuth } from '../src/index.ts';
import { visit } from './person.ts';
import type { StrictServer } from './strict-server.ts';

/** A profile for the strict server. */
export const strictProfile = (server: Pick<StrictServer, 'issuer' | 'clientId'>, changes: Partial<OAuthProfile> = {}): OAuthProfile => ({
  provider: 'strict',
  serviceName: 'Strict',
  issuer: server.issuer,
  endpoints: 'oidc',
  clientId: server.clientId,
  scopes: ['openid', 'email'],
  redirect: { host: '127.0.0.1', port: 0, path: '/callback' },
  hosts: [new URL(server.issuer).host],
  ...changes,
});

/** Logs in through the authorization code flow, with a person who agrees to everything. */
export const logInAtStrict = async (context: LoginContext, profile: OAuthProfile): Promise<StandardOAuth> => {
  const auth = oauth(profile);
  await auth.login({
    ...context,
    browser: true,
    openUrl: (url) => {
      visit(url).catch(() => undefined);
      return Promise.resolve(true);
    },
  });
  return auth;
};

/** Collects what a login reports. */
export const recorder = (): { events: LoginEvent[]; report: (event: LoginEvent) => void } => {
  const events: LoginEvent[] = [];
  return { events, report: (event) => void events.push(event) };
};
