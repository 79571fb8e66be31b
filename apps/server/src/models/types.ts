import type { ProviderId } from '@mogplex/protocol';

/** The request formats that the gateway speaks; each is one `/gateway/<name>` tree. */
export type WireFormat = 'openai' | 'anthropic' | 'google';

/** What a request is for; decides its upstream path and how its usage is read. */
export type Operation =
  | 'chat'
  | 'responses'
  | 'embeddings'
  | 'messages'
  | 'count-tokens'
  | 'generate'
  | 'stream-generate'
  | 'google-count-tokens'
  | 'models';

/** Prices in micro-dollars per million tokens. `cacheWrite` defaults to the input price. */
export interface Rate {
  input: number;
  cachedInput: number;
  output: number;
  cacheWrite?: number;
}

/** What a model costs. A request whose whole input is longer than `long.above` tokens costs the long rate in all its parts. */
export interface Price extends Rate {
  long?: Rate & { above: number };
}

/** One model of the catalogue. `id` is `provider/name`, where name is what the provider's own API calls it. */
export interface CatalogModel {
  id: string;
  provider: ProviderId;
  name: string;
  label: string;
  contextLength: number;
  maxOutput: number;
  capabilities: readonly string[];
  /** Absent where nobody has stated a price: such a model runs only on plans without a credit limit. */
  price?: Price;
  /** Its name at Vercel's AI Gateway, where that differs from `id`. */
  gatewayName?: string;
  /** `data` ships with the product, `upstream` came from a provider's model list, `owner` was entered by hand. */
  origin: 'data' | 'upstream' | 'owner';
  enabled: boolean;
}

/** Tokens as the provider counted them. `input` holds only those that were neither read from nor written to a cache. */
export interface Usage {
  input: number;
  cachedInput: number;
  cacheWrite: number;
  /** Those of `cacheWrite` that are kept for an hour, which Anthropic charges twice the input price for; absent: none. */
  cacheWriteHour?: number;
  output: number;
  /** Web searches that the provider made and charges one by one; absent: none. */
  searches?: number;
  /** False when the provider never said and the figures come from the text that passed through. */
  exact: boolean;
}
