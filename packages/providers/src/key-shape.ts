import { findProvider, type ProviderId } from '@mogplex/protocol';
import type { SecretValue } from '@moxxy/sdk';

/** What keys of a vendor look like today. Vendors change it, so a key of another shape is only remarked on. */
const SHAPES: Readonly<Record<ProviderId, { pattern: RegExp; words: string }>> = {
  anthropic: { pattern: /^sk-ant-[\w-]{20,}$/, words: 'starts with sk-ant-' },
  openai: { pattern: /^sk-(?!ant-|or-)[\w-]{20,}$/, words: 'starts with sk-' },
  google: { pattern: /^(?:AIza[\w-]{35}|AQ\.[\w.-]{20,})$/, words: 'starts with AIza and has 39 characters' },
  groq: { pattern: /^gsk_\w{20,}$/, words: 'starts with gsk_' },
  mistral: { pattern: /^[A-Za-z0-9]{32,}$/, words: 'has 32 letters and digits' },
  deepseek: { pattern: /^sk-[\da-z]{20,}$/i, words: 'starts with sk-' },
  xai: { pattern: /^xai-\w{20,}$/, words: 'starts with xai-' },
  cohere: { pattern: /^[\w-]{40,}$/, words: 'has 40 letters and digits' },
  vercel: { pattern: /^(?:vck_|vca_|vcp_)?\w{24,}$/, words: 'has 24 or more letters and digits' },
};

/**
 * Remarks on a key that does not look like a key of its provider. A warning, never a refusal.
 *
 * @returns one sentence without any part of the key, or undefined when the shape is the usual one
 */
export const checkKeyShape = (provider: ProviderId, key: SecretValue): string | undefined => {
  const { pattern, words } = SHAPES[provider];
  const value = key.reveal();
  if (pattern.test(value)) return undefined;
  const label = findProvider(provider)?.label ?? provider;
  if (/\s/.test(value)) return `This does not look like a key of ${label}: it has white space inside.`;
  if (/[^!-~]/.test(value)) return `This does not look like a key of ${label}: it has a character that cannot be sent.`;
  return `This does not look like a key of ${label}: one usually ${words}.`;
};
