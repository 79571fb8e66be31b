import { MogplexError } from '@mogplex/protocol';
import { type Caller, reach } from '../catalog/reach.ts';
import type { Settings } from '../settings.ts';
import type { CatalogModel, WireFormat } from '../types.ts';
import { ENDPOINTS } from '../upstreams/endpoints.ts';

/** No provider of these formats gives its list a date that matters; clients only want one to be there. */
const CREATED = 1_700_000_000;

const CREATED_AT = new Date(CREATED * 1_000).toISOString();

const openaiEntry = (model: CatalogModel) => ({ id: model.name, object: 'model', created: CREATED, owned_by: model.provider });
const anthropicEntry = (model: CatalogModel) => ({ type: 'model', id: model.name, display_name: model.label, created_at: CREATED_AT });
const googleEntry = (model: CatalogModel) => ({
  name: `models/${model.name}`,
  displayName: model.label,
  inputTokenLimit: model.contextLength,
  outputTokenLimit: model.maxOutput,
  supportedGenerationMethods: ['generateContent', 'countTokens'],
});

const ENTRIES: Record<WireFormat, (model: CatalogModel) => object> = {
  openai: openaiEntry,
  anthropic: anthropicEntry,
  google: googleEntry,
};

const reachable = (settings: Settings, caller: Caller, format: WireFormat): CatalogModel[] =>
  [...settings.models.values()].filter(
    (model) => ENDPOINTS[model.provider].formats.includes(format) && reach(settings, caller, model, format).routes,
  );

/** The models that a caller can reach, as the list of the format. */
export const listModels = (settings: Settings, caller: Caller, format: WireFormat): object => {
  const models = reachable(settings, caller, format);
  const entries = models.map(ENTRIES[format]);
  switch (format) {
    case 'openai':
      return { object: 'list', data: entries };
    case 'anthropic':
      return { data: entries, has_more: false, first_id: models[0]?.name ?? null, last_id: models.at(-1)?.name ?? null };
    case 'google':
      return { models: entries };
  }
};

/** One entry of the list. @throws MogplexError `not_found`. */
export const describeModel = (settings: Settings, caller: Caller, format: WireFormat, name: string): object => {
  const model = reachable(settings, caller, format).find((candidate) => candidate.name === name || candidate.id === name);
  if (!model) throw new MogplexError('not_found', 'there is no such model that this account can use', { boundary: 'model' });
  return ENTRIES[format](model);
};
