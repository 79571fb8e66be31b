import type { ProviderId } from '@mogplex/protocol';
import type { CatalogModel, Price } from '../types.ts';

/** The day on which the prices below were last compared with the providers' public price lists. */
export const CATALOG_DATE = '2025-11-20';

/** Dollars per million tokens as the providers state them: input, cached input, output, and writing to the cache. */
type Dollars = readonly [input: number, cachedInput: number, output: number, cacheWrite?: number];

type Row = readonly [
  name: string,
  label: string,
  context: number,
  maxOutput: number,
  dollars: Dollars,
  capabilities: string,
  gatewayName?: string,
];

const micro = (dollars: number): number => Math.round(dollars * 1_000_000);

const price = ([input, cachedInput, output, cacheWrite]: Dollars): Price => ({
  input: micro(input),
  cachedInput: micro(cachedInput),
  output: micro(output),
  ...(cacheWrite === undefined ? {} : { cacheWrite: micro(cacheWrite) }),
});

const FULL = 'text vision tools reasoning';
const PLAIN = 'text vision tools';

const ROWS: Record<Exclude<ProviderId, 'vercel'>, readonly Row[]> = {
  openai: [
    ['gpt-5.1', 'GPT-5.1', 400_000, 128_000, [1.25, 0.125, 10], FULL],
    ['gpt-5.1-codex', 'GPT-5.1 Codex', 400_000, 128_000, [1.25, 0.125, 10], FULL],
    ['gpt-5.1-codex-mini', 'GPT-5.1 Codex mini', 400_000, 128_000, [0.25, 0.025, 2], FULL],
    ['gpt-5', 'GPT-5', 400_000, 128_000, [1.25, 0.125, 10], FULL],
    ['gpt-5-codex', 'GPT-5 Codex', 400_000, 128_000, [1.25, 0.125, 10], FULL],
    ['gpt-5-mini', 'GPT-5 mini', 400_000, 128_000, [0.25, 0.025, 2], FULL],
    ['gpt-5-nano', 'GPT-5 nano', 400_000, 128_000, [0.05, 0.005, 0.4], FULL],
    ['gpt-4.1', 'GPT-4.1', 1_047_576, 32_768, [2, 0.5, 8], PLAIN],
    ['gpt-4.1-mini', 'GPT-4.1 mini', 1_047_576, 32_768, [0.4, 0.1, 1.6], PLAIN],
    ['gpt-4.1-nano', 'GPT-4.1 nano', 1_047_576, 32_768, [0.1, 0.025, 0.4], PLAIN],
    ['gpt-4o', 'GPT-4o', 128_000, 16_384, [2.5, 1.25, 10], PLAIN],
    ['gpt-4o-mini', 'GPT-4o mini', 128_000, 16_384, [0.15, 0.075, 0.6], PLAIN],
    ['o3', 'o3', 200_000, 100_000, [2, 0.5, 8], FULL],
    ['o4-mini', 'o4-mini', 200_000, 100_000, [1.1, 0.275, 4.4], FULL],
    ['text-embedding-3-small', 'Embedding 3 small', 300_000, 0, [0.02, 0.02, 0], 'embeddings'],
    ['text-embedding-3-large', 'Embedding 3 large', 300_000, 0, [0.13, 0.13, 0], 'embeddings'],
  ],
  anthropic: [
    ['claude-sonnet-4-5', 'Claude Sonnet 4.5', 200_000, 64_000, [3, 0.3, 15, 3.75], FULL, 'anthropic/claude-sonnet-4.5'],
    [
      'claude-sonnet-4-5-20250929',
      'Claude Sonnet 4.5 (2025-09-29)',
      200_000,
      64_000,
      [3, 0.3, 15, 3.75],
      FULL,
      'anthropic/claude-sonnet-4.5',
    ],
    ['claude-opus-4-5', 'Claude Opus 4.5', 200_000, 64_000, [5, 0.5, 25, 6.25], FULL, 'anthropic/claude-opus-4.5'],
    ['claude-opus-4-5-20251101', 'Claude Opus 4.5 (2025-11-01)', 200_000, 64_000, [5, 0.5, 25, 6.25], FULL, 'anthropic/claude-opus-4.5'],
    ['claude-haiku-4-5', 'Claude Haiku 4.5', 200_000, 64_000, [1, 0.1, 5, 1.25], FULL, 'anthropic/claude-haiku-4.5'],
    ['claude-haiku-4-5-20251001', 'Claude Haiku 4.5 (2025-10-01)', 200_000, 64_000, [1, 0.1, 5, 1.25], FULL, 'anthropic/claude-haiku-4.5'],
    ['claude-opus-4-1', 'Claude Opus 4.1', 200_000, 32_000, [15, 1.5, 75, 18.75], FULL, 'anthropic/claude-opus-4.1'],
    ['claude-opus-4-1-20250805', 'Claude Opus 4.1 (2025-08-05)', 200_000, 32_000, [15, 1.5, 75, 18.75], FULL, 'anthropic/claude-opus-4.1'],
    ['claude-sonnet-4-20250514', 'Claude Sonnet 4 (2025-05-14)', 200_000, 64_000, [3, 0.3, 15, 3.75], FULL, 'anthropic/claude-sonnet-4'],
  ],
  google: [
    ['gemini-2.5-pro', 'Gemini 2.5 Pro', 1_048_576, 65_536, [1.25, 0.125, 10], FULL],
    ['gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, 65_536, [0.3, 0.03, 2.5], FULL],
    ['gemini-2.5-flash-lite', 'Gemini 2.5 Flash-Lite', 1_048_576, 65_536, [0.1, 0.01, 0.4], FULL],
    ['gemini-3-pro-preview', 'Gemini 3 Pro (preview)', 1_048_576, 65_536, [2, 0.2, 12], FULL],
  ],
  groq: [
    ['llama-3.3-70b-versatile', 'Llama 3.3 70B', 131_072, 32_768, [0.59, 0.59, 0.79], 'text tools'],
    ['llama-3.1-8b-instant', 'Llama 3.1 8B', 131_072, 131_072, [0.05, 0.05, 0.08], 'text tools'],
    ['openai/gpt-oss-120b', 'gpt-oss 120B', 131_072, 65_536, [0.15, 0.075, 0.6], 'text tools reasoning'],
  ],
  mistral: [
    ['mistral-medium-latest', 'Mistral Medium', 131_072, 131_072, [0.4, 0.4, 2], PLAIN],
    ['mistral-small-latest', 'Mistral Small', 131_072, 131_072, [0.1, 0.1, 0.3], PLAIN],
    ['codestral-latest', 'Codestral', 256_000, 256_000, [0.3, 0.3, 0.9], 'text tools'],
  ],
  deepseek: [
    ['deepseek-chat', 'DeepSeek Chat', 131_072, 8_192, [0.28, 0.028, 0.42], 'text tools'],
    ['deepseek-reasoner', 'DeepSeek Reasoner', 131_072, 65_536, [0.28, 0.028, 0.42], 'text tools reasoning'],
  ],
  xai: [
    ['grok-4', 'Grok 4', 256_000, 256_000, [3, 0.75, 15], FULL],
    ['grok-4-fast-reasoning', 'Grok 4 Fast', 2_000_000, 256_000, [0.2, 0.05, 0.5], FULL],
    ['grok-code-fast-1', 'Grok Code Fast 1', 256_000, 256_000, [0.2, 0.02, 1.5], 'text tools reasoning'],
  ],
  cohere: [
    ['command-a-03-2025', 'Command A', 256_000, 8_000, [2.5, 2.5, 10], 'text tools'],
    ['command-r7b-12-2024', 'Command R7B', 128_000, 4_000, [0.0375, 0.0375, 0.15], 'text tools'],
  ],
};

const toModel = (provider: ProviderId, [name, label, contextLength, maxOutput, dollars, capabilities, gatewayName]: Row): CatalogModel => ({
  id: `${provider}/${name}`,
  provider,
  name,
  label,
  contextLength,
  maxOutput,
  capabilities: capabilities.split(' '),
  price: price(dollars),
  ...(gatewayName === undefined ? {} : { gatewayName }),
  origin: 'data',
  enabled: true,
});

/** The models that ship with the product, best known first within a provider. */
export const CATALOG: readonly CatalogModel[] = Object.entries(ROWS).flatMap(([provider, rows]) =>
  rows.map((row) => toModel(provider as ProviderId, row)),
);
