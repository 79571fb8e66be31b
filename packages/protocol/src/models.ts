import { z } from 'zod';

/** One rate in micro-dollars per million tokens. */
export const modelRate = z.object({
  input: z.number().int().nonnegative(),
  cachedInput: z.number().int().nonnegative(),
  output: z.number().int().nonnegative(),
  /** Writing to the provider's prompt cache; the input price where it is absent. */
  cacheWrite: z.number().int().nonnegative().optional(),
});

/** What a model costs. */
export const modelPrice = modelRate.extend({
  /** Instead of these, for every token of a request whose whole input is longer than `above` tokens. */
  long: modelRate.extend({ above: z.number().int().positive() }).optional(),
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

/** The providers whose keys an account may bring itself (Settings > API Keys). */
export const OWN_KEY_PROVIDERS = ['vercel', 'openai', 'anthropic'] as const;

/** One of the account's own keys: never the key itself. */
export const ownKey = z.object({
  provider: z.enum(OWN_KEY_PROVIDERS),
  /** Its last characters. */
  keyHint: z.string(),
  health: z.enum(['ok', 'refused', 'limited', 'failing']),
  healthNote: z.string().optional(),
  updatedAt: z.number().int(),
});

export const ownKeyList = z.object({ keys: z.array(ownKey) });

const microDollars = z.number().int();

/** What was used on one day by one model. Amounts are micro-dollars. */
export const usageRow = z.object({
  day: z.string(),
  model: z.string(),
  calls: z.number().int(),
  inputTokens: z.number().int(),
  cachedInputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** Searches that a provider made for a model and charges one by one. */
  webSearches: z.number().int(),
  /** By the catalogue's prices, whoever pays. */
  cost: microDollars,
  /** What was taken from the credit. */
  charged: microDollars,
  /** Calls whose tokens were counted by the platform, since the provider did not say, or whose cost may hold more than it says. */
  estimatedCalls: z.number().int(),
});

/** Credit of the account, or of the team that pays for it. */
export const creditState = z.object({
  payer: z.string(),
  plan: z.object({
    id: z.string(),
    name: z.string(),
    monthlyCredit: microDollars.nullable(),
    allowedModels: z.array(z.string()),
    parallelCalls: z.number().int(),
    parallelRuns: z.number().int(),
    callsPerMinute: z.number().int(),
    softLimits: z.array(z.number()),
  }),
  /** The month, `2026-11` (UTC). */
  period: z.string(),
  /** Null on a plan without a limit. */
  left: microDollars.nullable(),
  reserved: microDollars,
  callsUnderWay: z.number().int(),
  alerts: z.array(z.object({ percent: z.number().int(), at: z.number().int() })),
});

/** `GET /api/v1/mogplex/usage`. */
export const usageReport = z.object({ from: z.string(), to: z.string(), rows: z.array(usageRow), credit: creditState });

export type OwnKey = z.infer<typeof ownKey>;
export type UsageRow = z.infer<typeof usageRow>;
export type UsageReport = z.infer<typeof usageReport>;
export type ModelPrice = z.infer<typeof modelPrice>;
export type ModelInfo = z.infer<typeof modelInfo>;
export type ModelList = z.infer<typeof modelList>;
