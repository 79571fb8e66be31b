import { findProvider, MogplexError, PROVIDERS, type ProviderInfo } from '@mogplex/protocol';
import { plainText } from '@moxxy/sdk';

export interface ModelId {
  provider: ProviderInfo;
  /** The model's name at the provider; it may hold slashes of its own. */
  name: string;
}

/**
 * Reads `provider/model`.
 *
 * @throws MogplexError `not_found` that names the providers when the first part is none of the nine
 */
export const parseModelId = (text: string): ModelId => {
  const slash = text.indexOf('/');
  const provider = findProvider(text.slice(0, Math.max(0, slash)));
  const name = text.slice(slash + 1);
  if (provider && name !== '') return { provider, name };
  throw new MogplexError('not_found', `there is no model ${JSON.stringify(plainText(text, 80))}`, {
    boundary: 'model',
    hint: `A model is named provider/model, with one of ${PROVIDERS.map(({ id }) => id).join(', ')}.`,
  });
};
