import { type ModelList, modelList } from '@mogplex/protocol';
import { type AccountAskOptions, askAccount } from './ask.ts';

/**
 * The model catalog of an account (`GET /api/v1/mogplex/models`, statement A9).
 *
 * @throws MogplexError as {@link askAccount}
 */
export const fetchAccountModels = (options: AccountAskOptions): Promise<ModelList> =>
  askAccount(options, { path: '/models', data: modelList, what: 'a model list' });
