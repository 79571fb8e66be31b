import {
  answerError,
  type ChatEvent,
  type ClientConfig,
  defineProvider,
  type ModelClient,
  MogplexError,
  type ProviderContext,
  requireHost,
  sendAuthorized,
} from '@moxxy/sdk';
import { oauth } from '../oauth-auth.ts';
import type { OAuthProfile } from '../profile.ts';

const HOSTED = 'https://gitlab.com';

const instanceOf = (env: ProviderContext['env']): string => (env['GITLAB_URL'] || HOSTED).replace(/\/$/, '');

const endpointsOf = (instance: string): OAuthProfile['endpoints'] => ({
  authorization: `${instance}/oauth/authorize`,
  token: `${instance}/oauth/token`,
  deviceAuthorization: `${instance}/oauth/authorize_device`,
  revocation: `${instance}/oauth/revoke`,
});

const profile: OAuthProfile = {
  provider: 'gitlab',
  serviceName: 'GitLab Duo',
  issuer: HOSTED,
  endpoints: endpointsOf(HOSTED),
  clientId: '',
  setUpHint:
    'Add a non-confidential application under Preferences > Applications with the callback http://localhost:8765/callback and the scopes openid and ai_features, then set GITLAB_OAUTH_CLIENT_ID.',
  scopes: ['openid', 'ai_features'],
  redirect: { host: 'localhost', port: 8765, path: '/callback' },
  hosts: ['gitlab.com'],
};

const fromEnv = (env: ProviderContext['env']): Partial<OAuthProfile> => {
  const issuer = instanceOf(env);
  const hosts = URL.canParse(issuer) ? [new URL(issuer).host] : [];
  return { clientId: env['GITLAB_OAUTH_CLIENT_ID'] ?? '', issuer, endpoints: endpointsOf(issuer), hosts };
};

const auth = oauth(profile, { fromEnv });

/** Duo answers in one piece, to one text: the conversation is written out into it. */
const client = (config: ClientConfig): ModelClient => ({
  async *stream({ messages, system, signal }): AsyncGenerator<ChatEvent> {
    const content = [...(system === undefined ? [] : [system]), ...messages.map((message) => message.content)].join('\n\n');
    const credentials = auth.credentials(config);
    const url = `${config.baseUrl ?? instanceOf(config.env)}/api/v4/chat/completions`;
    requireHost(profile.provider, credentials, url);
    const answer = await sendAuthorized(profile.provider, credentials, ({ secret }) =>
      config.fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret.reveal()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content }),
        redirect: 'manual',
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    if (!answer.ok) throw answerError(profile.provider, answer);
    const text: unknown = await answer.json();
    if (typeof text !== 'string') throw new MogplexError('upstream_error', 'gitlab sent no text', { boundary: 'model' });
    yield { type: 'text', text };
    yield { type: 'finish', reason: 'stop' };
  },
});

/** GitLab Duo: fixed endpoints, a fixed callback port, and refresh tokens that work once. */
export const gitlab = defineProvider({
  name: profile.provider,
  models: [{ id: 'duo-chat', label: 'GitLab Duo Chat' }],
  createClient: client,
  auth,
});
