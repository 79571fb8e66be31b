import type { ProviderId } from '@mogplex/protocol';

/** The day on which the lists below were taken from the vendors' client packages. */
export const MODELS_DATE = '2026-11-22';

/** Models of each provider that can be named without asking the provider, the default first. */
export const SHIPPED_MODELS: Readonly<Record<ProviderId, readonly [string, ...string[]]>> = {
  anthropic: ['claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-5-5', 'claude-fable-5-2', 'claude-sonnet-4-5', 'claude-haiku-4-5'],
  openai: ['gpt-6-sol', 'gpt-6.1-sol', 'gpt-6.1-terra', 'gpt-6-luna', 'gpt-6-astra', 'gpt-5.5', 'gpt-5.4-mini', 'gpt-5', 'gpt-5-mini'],
  google: ['gemini-3.8-flash', 'gemini-4-argon', 'gemini-4-carbon', 'gemini-3.5-flash-lite', 'gemini-2.5-pro', 'gemini-2.5-flash'],
  groq: ['openai/gpt-oss-120b', 'openai/gpt-oss-20b', 'llama-3.3-70b-versatile', 'llama-3.1-8b-instant', 'qwen/qwen3.6-27b'],
  mistral: ['mistral-medium-latest', 'mistral-large-latest', 'mistral-small-latest', 'codestral-latest', 'magistral-medium-latest'],
  deepseek: ['deepseek-v4-flash', 'deepseek-v4-pro'],
  xai: ['grok-4.6', 'grok-4.7', 'grok-4.5', 'grok-4.20-reasoning', 'grok-4.20-non-reasoning'],
  cohere: ['command-a-03-2025', 'command-a-reasoning-08-2025', 'command-r7b-12-2024'],
  vercel: ['anthropic/claude-sonnet-5.5', 'anthropic/claude-opus-5.5', 'openai/gpt-6-sol', 'openai/gpt-6-luna'],
};
