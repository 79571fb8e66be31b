import type { ProviderId } from '@mogplex/protocol';
import type { CatalogModel, Price, Rate } from '../types.ts';

/** Where a provider's figures were read, and on which day that page or list was as it is here. */
interface Source {
  provider: Exclude<ProviderId, 'vercel'>;
  day: string;
  /** The public pages that were compared. */
  from: string;
}

const MODELS_DEV = 'the list of models.dev';

/** The sources of the figures below. */
export const CATALOG_SOURCES: readonly Source[] = [
  { provider: 'openai', day: '2026-09-28', from: `${MODELS_DEV}, after developers.openai.com/api/docs/pricing` },
  { provider: 'anthropic', day: '2026-10-24', from: 'platform.claude.com/docs/en/about-claude/pricing and its model overviews' },
  { provider: 'google', day: '2026-09-28', from: `${MODELS_DEV}, after ai.google.dev/gemini-api/docs/pricing` },
  { provider: 'groq', day: '2026-09-28', from: `${MODELS_DEV}, after groq.com/pricing` },
  { provider: 'mistral', day: '2026-09-28', from: `${MODELS_DEV}, after mistral.ai/pricing` },
  { provider: 'deepseek', day: '2026-09-28', from: `${MODELS_DEV}, after api-docs.deepseek.com/quick_start/pricing` },
  { provider: 'xai', day: '2026-09-28', from: `${MODELS_DEV}, after docs.x.ai/docs/models` },
  { provider: 'cohere', day: '2026-09-28', from: `${MODELS_DEV}, after cohere.com/pricing` },
];

/** The day of the oldest source: no price below is older than that. */
export const CATALOG_DATE = CATALOG_SOURCES.map(({ day }) => day).toSorted()[0] ?? '';

/**
 * Micro-dollars for one web search that a provider makes for a model, beside the tokens that it brings; those two say in the answer how
 * many they made. As third-party pages told the pricing on 2026-11-29: Anthropic's `web_search_*` (10 dollars for 1,000), OpenAI's `web_search` of the
 * responses API (10 dollars for 1,000 calls).
 */
export const SEARCH_PRICES: Readonly<Partial<Record<ProviderId, number>>> = { openai: 10_000, anthropic: 10_000 };

/** Dollars per million tokens as the providers state them: input, cached input, output, and writing to the cache. */
type Dollars = readonly [input: number, cachedInput: number, output: number, cacheWrite?: number];

/** Prices of requests whose input is longer than a limit: every token of such a request costs this much. */
type Long = readonly [above: number, ...Dollars];

type Row = readonly [
  name: string,
  label: string,
  context: number,
  maxOutput: number,
  dollars: Dollars,
  capabilities: string,
  more?: { gatewayName?: string; long?: Long },
];

const micro = (dollars: number): number => Math.round(dollars * 1_000_000);

const rate = ([input, cachedInput, output, cacheWrite]: Dollars): Rate => ({
  input: micro(input),
  cachedInput: micro(cachedInput),
  output: micro(output),
  ...(cacheWrite === undefined ? {} : { cacheWrite: micro(cacheWrite) }),
});

const price = (dollars: Dollars, long: Long | undefined): Price => {
  if (long === undefined) return rate(dollars);
  const [above, ...dear] = long;
  return { ...rate(dollars), long: { above, ...rate(dear) } };
};

const FULL = 'text vision tools reasoning';
const PLAIN = 'text vision tools';
const K272 = 272_000;
const K200 = 200_000;

const claude = (name: string): { gatewayName: string } => ({ gatewayName: `anthropic/${name}` });

// A cached price that a provider does not state is its input price.
const ROWS: Record<Exclude<ProviderId, 'vercel'>, readonly Row[]> = {
  openai: [
    ['gpt-6-sol', 'GPT-6 Sol', 1_050_000, 128_000, [2, 0.2, 10, 2.5], FULL, { long: [K272, 4, 0.4, 15, 5] }],
    ['gpt-6-luna', 'GPT-6 Luna', 1_050_000, 128_000, [0.1, 0.01, 0.5, 0.125], FULL, { long: [K272, 0.2, 0.02, 0.75, 0.25] }],
    ['gpt-6-astra', 'GPT-6 Astra', 1_050_000, 128_000, [10, 1, 50, 12.5], FULL, { long: [K272, 20, 2, 75, 25] }],
    ['gpt-5.6', 'GPT-5.6', 1_050_000, 128_000, [4, 0.4, 20, 5], FULL, { long: [K272, 8, 0.8, 30, 10] }],
    ['gpt-5.6-sol', 'GPT-5.6 Sol', 1_050_000, 128_000, [4, 0.4, 20, 5], FULL, { long: [K272, 8, 0.8, 30, 10] }],
    ['gpt-5.6-terra', 'GPT-5.6 Terra', 1_050_000, 128_000, [2, 0.2, 12, 2.5], FULL, { long: [K272, 4, 0.4, 18, 5] }],
    ['gpt-5.6-luna', 'GPT-5.6 Luna', 1_050_000, 128_000, [0.2, 0.02, 1.2, 0.25], FULL, { long: [K272, 0.4, 0.04, 1.8, 0.5] }],
    ['gpt-5.5', 'GPT-5.5', 1_050_000, 128_000, [5, 0.5, 30], FULL, { long: [K272, 10, 1, 45] }],
    ['gpt-5.4', 'GPT-5.4', 1_050_000, 128_000, [2.5, 0.25, 15], FULL, { long: [K272, 5, 0.5, 22.5] }],
    ['gpt-5.4-mini', 'GPT-5.4 mini', 400_000, 128_000, [0.75, 0.075, 4.5], FULL],
    ['gpt-5.4-nano', 'GPT-5.4 nano', 400_000, 128_000, [0.2, 0.02, 1.25], FULL],
    ['gpt-5.3-codex', 'GPT-5.3 Codex', 400_000, 128_000, [1.75, 0.175, 14], FULL],
    ['gpt-5.2', 'GPT-5.2', 400_000, 128_000, [1.75, 0.175, 14], FULL],
    ['gpt-5.1', 'GPT-5.1', 400_000, 128_000, [1.25, 0.125, 10], FULL],
    ['gpt-5', 'GPT-5', 400_000, 128_000, [1.25, 0.125, 10], FULL],
    ['gpt-5-mini', 'GPT-5 mini', 400_000, 128_000, [0.25, 0.025, 2], FULL],
    ['gpt-5-nano', 'GPT-5 nano', 400_000, 128_000, [0.05, 0.005, 0.4], FULL],
    ['gpt-4.1', 'GPT-4.1', 1_047_576, 32_768, [2, 0.5, 8], PLAIN],
    ['gpt-4.1-mini', 'GPT-4.1 mini', 1_047_576, 32_768, [0.4, 0.1, 1.6], PLAIN],
    ['gpt-4.1-nano', 'GPT-4.1 nano', 1_047_576, 32_768, [0.1, 0.025, 0.4], PLAIN],
    ['gpt-4o', 'GPT-4o', 128_000, 16_384, [2.5, 1.25, 10], PLAIN],
    ['gpt-4o-mini', 'GPT-4o mini', 128_000, 16_384, [0.15, 0.075, 0.6], PLAIN],
    ['o3', 'o3', 200_000, 100_000, [2, 0.5, 8], FULL],
    ['o4-mini', 'o4-mini', 200_000, 100_000, [1.1, 0.275, 4.4], FULL],
    // The context of an embedding model is what one request may hold in all its inputs together.
    ['text-embedding-3-small', 'Embedding 3 small', 300_000, 0, [0.02, 0.02, 0], 'embeddings'],
    ['text-embedding-3-large', 'Embedding 3 large', 300_000, 0, [0.13, 0.13, 0], 'embeddings'],
  ],
  anthropic: [
    ['claude-sonnet-5-5', 'Claude Sonnet 5.5', 1_000_000, 128_000, [2, 0.1, 10, 2.5], FULL, claude('claude-sonnet-5.5')],
    ['claude-opus-5-5', 'Claude Opus 5.5', 1_000_000, 128_000, [4, 0.2, 20, 5], FULL, claude('claude-opus-5.5')],
    [
      'claude-haiku-5-5',
      'Claude Haiku 5.5',
      1_000_000,
      128_000,
      [0.1, 0.01, 0.5, 0.125],
      FULL,
      { ...claude('claude-haiku-5.5'), long: [100_000, 0.5, 0.05, 2.5, 0.625] },
    ],
    ['claude-fable-5-1', 'Claude Fable 5.1', 1_000_000, 128_000, [10, 0.25, 50, 12.5], FULL, claude('claude-fable-5.1')],
    ['claude-sonnet-5', 'Claude Sonnet 5', 1_000_000, 128_000, [2, 0.2, 10, 2.5], FULL],
    ['claude-opus-5', 'Claude Opus 5', 1_000_000, 128_000, [5, 0.5, 25, 6.25], FULL],
    ['claude-opus-4-8', 'Claude Opus 4.8', 1_000_000, 128_000, [5, 0.5, 25, 6.25], FULL, claude('claude-opus-4.8')],
    ['claude-opus-4-7', 'Claude Opus 4.7', 1_000_000, 128_000, [5, 0.5, 25, 6.25], FULL, claude('claude-opus-4.7')],
    ['claude-opus-4-6', 'Claude Opus 4.6', 1_000_000, 128_000, [5, 0.5, 25, 6.25], FULL, claude('claude-opus-4.6')],
    ['claude-sonnet-4-6', 'Claude Sonnet 4.6', 1_000_000, 128_000, [3, 0.3, 15, 3.75], FULL, claude('claude-sonnet-4.6')],
    ['claude-sonnet-4-5', 'Claude Sonnet 4.5', 1_000_000, 64_000, [3, 0.3, 15, 3.75], FULL, claude('claude-sonnet-4.5')],
    [
      'claude-sonnet-4-5-20250929',
      'Claude Sonnet 4.5 (2025-09-29)',
      1_000_000,
      64_000,
      [3, 0.3, 15, 3.75],
      FULL,
      claude('claude-sonnet-4.5'),
    ],
    ['claude-opus-4-5', 'Claude Opus 4.5', 200_000, 64_000, [5, 0.5, 25, 6.25], FULL, claude('claude-opus-4.5')],
    ['claude-opus-4-5-20251101', 'Claude Opus 4.5 (2025-11-01)', 200_000, 64_000, [5, 0.5, 25, 6.25], FULL, claude('claude-opus-4.5')],
    ['claude-haiku-4-5', 'Claude Haiku 4.5', 200_000, 64_000, [1, 0.1, 5, 1.25], FULL, claude('claude-haiku-4.5')],
    ['claude-haiku-4-5-20251001', 'Claude Haiku 4.5 (2025-10-01)', 200_000, 64_000, [1, 0.1, 5, 1.25], FULL, claude('claude-haiku-4.5')],
  ],
  google: [
    ['gemini-3.1-pro-preview', 'Gemini 3.1 Pro (preview)', 1_048_576, 65_536, [2, 0.2, 12], FULL, { long: [K200, 4, 0.4, 18] }],
    // The flash models from 3.6 on cost half until the end of 2026; the prices here are the lasting ones.
    ['gemini-3.8-flash', 'Gemini 3.8 Flash', 1_048_576, 65_536, [1.5, 0.15, 7.5], FULL],
    ['gemini-3.7-flash', 'Gemini 3.7 Flash', 1_048_576, 65_536, [1.5, 0.15, 7.5], FULL],
    ['gemini-3.6-flash', 'Gemini 3.6 Flash', 1_048_576, 65_536, [1.5, 0.15, 7.5], FULL],
    ['gemini-3.5-flash', 'Gemini 3.5 Flash', 1_048_576, 65_536, [1.5, 0.15, 9], FULL],
    ['gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite', 1_048_576, 65_536, [0.3, 0.03, 2.5], FULL],
    ['gemini-3.1-flash-lite', 'Gemini 3.1 Flash-Lite', 1_048_576, 65_536, [0.25, 0.025, 1.5], FULL],
    ['gemini-3-flash-preview', 'Gemini 3 Flash (preview)', 1_048_576, 65_536, [0.5, 0.05, 3], FULL],
    ['gemini-2.5-pro', 'Gemini 2.5 Pro', 1_048_576, 65_536, [1.25, 0.125, 10], FULL, { long: [K200, 2.5, 0.25, 15] }],
    ['gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, 65_536, [0.3, 0.03, 2.5], FULL],
    ['gemini-2.5-flash-lite', 'Gemini 2.5 Flash-Lite', 1_048_576, 65_536, [0.1, 0.01, 0.4], FULL],
  ],
  groq: [
    ['openai/gpt-oss-120b', 'gpt-oss 120B', 131_072, 65_536, [0.15, 0.075, 0.6], 'text tools reasoning'],
    ['openai/gpt-oss-20b', 'gpt-oss 20B', 131_072, 65_536, [0.075, 0.0375, 0.3], 'text tools reasoning'],
    ['qwen/qwen3.8-27b', 'Qwen 3.8 27B', 131_042, 16_384, [0.8, 0.8, 4], FULL],
    ['qwen/qwen3.6-27b', 'Qwen 3.6 27B', 131_072, 16_384, [0.6, 0.3, 3], FULL],
    ['llama-3.3-70b-versatile', 'Llama 3.3 70B', 131_072, 32_768, [0.59, 0.59, 0.79], 'text tools'],
    ['llama-3.1-8b-instant', 'Llama 3.1 8B', 131_072, 131_072, [0.05, 0.05, 0.08], 'text tools'],
  ],
  mistral: [
    ['mistral-medium-latest', 'Mistral Medium', 262_144, 262_144, [1.5, 1.5, 7.5], FULL],
    ['mistral-large-latest', 'Mistral Large', 262_144, 262_144, [0.5, 0.5, 1.5], PLAIN],
    ['mistral-small-latest', 'Mistral Small', 256_000, 256_000, [0.15, 0.15, 0.6], FULL],
    ['magistral-medium-latest', 'Magistral Medium', 128_000, 16_384, [2, 2, 5], 'text tools reasoning'],
    ['codestral-latest', 'Codestral', 256_000, 4_096, [0.3, 0.3, 0.9], 'text tools'],
  ],
  deepseek: [
    ['deepseek-v4-pro', 'DeepSeek V4 Pro', 1_000_000, 393_216, [0.435, 0.003625, 0.87], 'text tools reasoning'],
    ['deepseek-flash', 'DeepSeek Flash', 1_000_000, 393_216, [0.15, 0.003, 0.6], FULL],
  ],
  xai: [
    ['grok-4.7', 'Grok 4.7', 500_000, 500_000, [2, 0.5, 6], FULL, { long: [K200, 4, 1, 12] }],
    ['grok-4.6', 'Grok 4.6', 500_000, 500_000, [2, 0.5, 6], FULL, { long: [K200, 4, 1, 12] }],
    ['grok-4.5', 'Grok 4.5', 500_000, 500_000, [2, 0.3, 6], FULL, { long: [K200, 4, 0.6, 12] }],
    ['grok-4.3', 'Grok 4.3', 1_000_000, 30_000, [1.25, 0.2, 2.5], FULL, { long: [K200, 2.5, 0.4, 5] }],
    ['grok-build-0.1', 'Grok Build 0.1', 256_000, 256_000, [1, 0.2, 2], FULL, { long: [K200, 2, 0.4, 4] }],
  ],
  cohere: [
    ['command-a-plus-05-2026', 'Command A Plus', 128_000, 64_000, [2.5, 2.5, 10], FULL],
    ['command-a-03-2025', 'Command A', 256_000, 8_000, [2.5, 2.5, 10], 'text tools'],
    ['command-a-reasoning-08-2025', 'Command A Reasoning', 256_000, 32_000, [2.5, 2.5, 10], 'text tools reasoning'],
    ['command-r7b-12-2024', 'Command R7B', 128_000, 4_000, [0.0375, 0.0375, 0.15], 'text tools'],
  ],
};

const toModel = (provider: ProviderId, [name, label, contextLength, maxOutput, dollars, capabilities, more]: Row): CatalogModel => ({
  id: `${provider}/${name}`,
  provider,
  name,
  label,
  contextLength,
  maxOutput,
  capabilities: capabilities.split(' '),
  price: price(dollars, more?.long),
  ...(more?.gatewayName === undefined ? {} : { gatewayName: more.gatewayName }),
  origin: 'data',
  enabled: true,
});

/** The models that ship with the product, best known first within a provider. */
export const CATALOG: readonly CatalogModel[] = Object.entries(ROWS).flatMap(([provider, rows]) =>
  rows.map((row) => toModel(provider as ProviderId, row)),
);
