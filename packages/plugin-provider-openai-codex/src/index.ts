import { definePlugin, defineProvider, type ModelDef } from '@moxxy/sdk';
import { CodexProvider } from './client.ts';
import { codexAuth, codexLogin, codexLogout, codexStatus } from './login.ts';
import { PROVIDER, SERVICE_NAME } from './settings.ts';

export { CodexProvider } from './client.ts';

const codexModels: readonly ModelDef[] = [
  { id: 'gpt-5.3-codex' },
  { id: 'gpt-5.2-codex' },
  { id: 'gpt-5.1-codex-max' },
  { id: 'gpt-5.1-codex-mini' },
];

/** OpenAI's coding models through a ChatGPT subscription instead of an API key. */
export const openaiCodexProviderDef = defineProvider({
  name: PROVIDER,
  models: codexModels,
  createClient: (config) => new CodexProvider(config),
  auth: {
    kind: 'oauth',
    serviceName: SERVICE_NAME,
    login: codexLogin,
    logout: codexLogout,
    status: codexStatus,
    credentials: (context) => codexAuth.credentials(context),
  },
});

export default definePlugin({ name: '@moxxy/plugin-provider-openai-codex', providers: [openaiCodexProviderDef] });
