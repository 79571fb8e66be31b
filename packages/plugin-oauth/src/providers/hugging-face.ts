import { chatCompletionsClient, defineProvider, type ProviderContext } from '@moxxy/sdk';
import { oauth } from '../oauth-auth.ts';
import type { OAuthProfile } from '../profile.ts';

const HUB = 'https://huggingface.co';
const ROUTER = 'https://router.huggingface.co';

const profile: OAuthProfile = {
  provider: 'hugging-face',
  serviceName: 'Hugging Face',
  issuer: HUB,
  endpoints: 'oidc',
  clientId: '',
  setUpHint:
    'Create a public OAuth app at huggingface.co/settings/applications with the callback http://localhost:8765/callback, then set HF_OAUTH_CLIENT_ID.',
  scopes: ['openid', 'profile', 'email', 'inference-api'],
  hosts: ['huggingface.co', 'router.huggingface.co'],
};

/** `HF_ENDPOINT` is the service's own variable for a hub of one's own. */
const fromEnv = (env: ProviderContext['env']): Partial<OAuthProfile> => {
  const issuer = env['HF_ENDPOINT'] || HUB;
  const hosts = URL.canParse(issuer) ? [...new Set([...profile.hosts, new URL(issuer).host])] : profile.hosts;
  return { clientId: env['HF_OAUTH_CLIENT_ID'] ?? '', issuer: issuer.replace(/\/$/, ''), hosts };
};

const auth = oauth(profile, { fromEnv });

/** Hugging Face inference: standard OAuth with discovery, PKCE and RFC 8628. */
export const huggingFace = defineProvider({
  name: profile.provider,
  models: [{ id: 'openai/gpt-oss-120b' }, { id: 'deepseek-ai/DeepSeek-V3.2' }, { id: 'Qwen/Qwen3-Coder-480B-A35B-Instruct' }],
  createClient: (config) =>
    chatCompletionsClient({
      provider: profile.provider,
      baseUrl: config.baseUrl ?? `${ROUTER}/v1`,
      credentials: auth.credentials(config),
      fetch: config.fetch,
    }),
  auth,
});
