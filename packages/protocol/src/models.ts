import { z } from 'zod';

/** Prices in micro-dollars per million tokens. */
export const modelPrice = z.object({
  input: z.number().int().nonnegative(),
  cachedInput: z.number().int().nonnegative(),
  output: z.number().int().nonnegative(),
  /** Writing to the provider's prompt cache; the input price where it is absent. */
  cacheWrite: z.number().int().nonnegative().optional(),
});

/** Which of the four things stands between an account and a model (statement B7). */
export const UNREACHABLE_REASONS = ['plan', 'catalog', 'entitlement', 'key'] as const;

/** One model of the catalogue as an account sees it. */
export const modelInfo = z.object({
  /** `provider/name`. */
  id: z.string(),
  provider: z.string(),
  /** What the provider's own API calls it; clients of the gateway may use it or the id. */
  name: z.string(),
  label: z.string(),
  contextLength: z.number().int(),
  maxOutput: z.number().int(),
  capabilities: z.array(z.string()),
  price: modelPrice.nullable(),
  /** The wire formats in which the gateway serves it. */
  formats: z.array(z.enum(['openai', 'anthropic', 'google'])),
  isDefault: z.boolean(),
  reachable: z.boolean(),
  /** Whose key serves it. */
  via: z.enum(['own', 'hosted']).optional(),
  reason: z.enum(UNREACHABLE_REASONS).optional(),
  /** Why it is out of reach, and what to do about it. */
  message: z.string().optional(),
  hint: z.string().optional(),
});

/** `GET /api/v1/mogplex/models`. */
export const modelList = z.object({
  models: z.array(modelInfo),
  /** Id of the model that is used when none is named: the account's choice, else the first that it can reach. */
  default: z.string().nullable(),
  /** The day on which the shipped prices were last compared with the providers' lists. */
  catalogDate: z.string(),
});

export type ModelPrice = z.infer<typeof modelPrice>;
export type ModelInfo = z.infer<typeof modelInfo>;
export type ModelList = z.infer<typeof modelList>;
