/** A provider whose credential is an API key, or the Mogplex account itself. */
export interface ProviderInfo {
  id: ProviderId;
  /** Name on screen. */
  label: string;
  /** The environment variable that outranks everything stored (statement A2). */
  envVar: string;
  /** The environment variable that moves the provider's base URL. */
  baseUrlEnvVar: string;
}

const IDS = ['anthropic', 'openai', 'google', 'groq', 'mistral', 'deepseek', 'xai', 'cohere', 'vercel'] as const;

export type ProviderId = (typeof IDS)[number];

/** The nine API-key providers in the order of the login screen. */
export const PROVIDERS: readonly ProviderInfo[] = [
  { id: 'anthropic', label: 'Anthropic', envVar: 'ANTHROPIC_API_KEY', baseUrlEnvVar: 'ANTHROPIC_BASE_URL' },
  { id: 'openai', label: 'OpenAI', envVar: 'OPENAI_API_KEY', baseUrlEnvVar: 'OPENAI_BASE_URL' },
  { id: 'google', label: 'Google', envVar: 'GOOGLE_GENERATIVE_AI_API_KEY', baseUrlEnvVar: 'GOOGLE_BASE_URL' },
  { id: 'groq', label: 'Groq', envVar: 'GROQ_API_KEY', baseUrlEnvVar: 'GROQ_BASE_URL' },
  { id: 'mistral', label: 'Mistral', envVar: 'MISTRAL_API_KEY', baseUrlEnvVar: 'MISTRAL_BASE_URL' },
  { id: 'deepseek', label: 'DeepSeek', envVar: 'DEEPSEEK_API_KEY', baseUrlEnvVar: 'DEEPSEEK_BASE_URL' },
  { id: 'xai', label: 'xAI', envVar: 'XAI_API_KEY', baseUrlEnvVar: 'XAI_BASE_URL' },
  { id: 'cohere', label: 'Cohere', envVar: 'COHERE_API_KEY', baseUrlEnvVar: 'COHERE_BASE_URL' },
  { id: 'vercel', label: 'Vercel', envVar: 'VERCEL_API_TOKEN', baseUrlEnvVar: 'VERCEL_BASE_URL' },
];

/** The account's own environment variable. */
export const ACCOUNT_ENV_VAR = 'MOGPLEX_API_KEY';

/** The ten credential variables of statement A2, the account's first. */
export const CREDENTIAL_ENV_VARS: readonly string[] = [ACCOUNT_ENV_VAR, ...PROVIDERS.map((provider) => provider.envVar)];

/** The provider with this id, or undefined. */
export const findProvider = (id: string): ProviderInfo | undefined => PROVIDERS.find((provider) => provider.id === id);
