import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ProviderId } from '@mogplex/protocol';
import type { SecretValue } from '@moxxy/sdk';
import { mendingFetch } from './mend-chat.ts';

export interface VendorSettings {
  key: SecretValue;
  /** In place of the vendor's own. */
  baseUrl?: string;
  fetch: typeof fetch;
}

/** Makes the model object of a vendor's package; the package is loaded by the call. */
export type VendorModel = (name: string, settings: VendorSettings) => Promise<LanguageModelV4>;

const settingsOf = ({ key, baseUrl, fetch }: VendorSettings) => ({
  apiKey: key.reveal(),
  fetch,
  ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
});

/**
 * OpenAI itself is asked by its Responses API. Whatever else stands at a base URL of the user's is asked by chat
 * completions, which is what servers that call themselves compatible have in common.
 */
const openai: VendorModel = async (name, settings) => {
  const { createOpenAI } = await import('@ai-sdk/openai');
  const common = settingsOf(settings);
  if (settings.baseUrl === undefined) return createOpenAI({ ...common, baseURL: 'https://api.openai.com/v1' }).responses(name);
  return createOpenAI({ ...common, fetch: mendingFetch(settings.fetch) }).chat(name);
};

/** Anthropic's base URL is written with or without the version; its own clients append it. */
const withVersion = (baseUrl: string, version: string): string => {
  const bare = baseUrl.replace(/\/+$/, '');
  return bare.endsWith(`/${version}`) ? bare : `${bare}/${version}`;
};

const anthropic: VendorModel = async (name, settings) => {
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const baseURL = withVersion(settings.baseUrl ?? 'https://api.anthropic.com', 'v1');
  return createAnthropic({ ...settingsOf(settings), baseURL }).languageModel(name);
};

const google: VendorModel = async (name, settings) => {
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
  const baseURL = withVersion(settings.baseUrl ?? 'https://generativelanguage.googleapis.com', 'v1beta');
  return createGoogleGenerativeAI({ ...settingsOf(settings), baseURL }).languageModel(name);
};

const groq: VendorModel = async (name, settings) => {
  const { createGroq } = await import('@ai-sdk/groq');
  return createGroq(settingsOf(settings)).languageModel(name);
};

const mistral: VendorModel = async (name, settings) => {
  const { createMistral } = await import('@ai-sdk/mistral');
  return createMistral(settingsOf(settings)).languageModel(name);
};

const deepseek: VendorModel = async (name, settings) => {
  const { createDeepSeek } = await import('@ai-sdk/deepseek');
  return createDeepSeek(settingsOf(settings)).languageModel(name);
};

const xai: VendorModel = async (name, settings) => {
  const { createXai } = await import('@ai-sdk/xai');
  return createXai(settingsOf(settings)).languageModel(name);
};

const cohere: VendorModel = async (name, settings) => {
  const { createCohere } = await import('@ai-sdk/cohere');
  return createCohere(settingsOf(settings)).languageModel(name);
};

const vercel: VendorModel = async (name, settings) => {
  const { createGateway } = await import('@ai-sdk/gateway');
  return createGateway(settingsOf(settings)).languageModel(name);
};

/** The nine vendors. */
export const VENDORS: Readonly<Record<ProviderId, VendorModel>> = {
  anthropic,
  openai,
  google,
  groq,
  mistral,
  deepseek,
  xai,
  cohere,
  vercel,
};
