import { modelList, ownKeyList, usageReport } from '@mogplex/protocol';
import { call, nothing } from './client.ts';

/** The providers whose keys an account may bring itself. */
export type OwnKeyProvider = 'vercel' | 'openai' | 'anthropic';

export const listOwnKeys = () => call('/api-keys', { data: ownKeyList });
export const setOwnKey = ({ provider, key }: { provider: OwnKeyProvider; key: string }) =>
  call(`/api-keys/${provider}`, { method: 'PUT', body: { key }, data: nothing });
export const removeOwnKey = (provider: OwnKeyProvider) => call(`/api-keys/${provider}`, { method: 'DELETE', data: nothing });

export const listModels = () => call('/models', { data: modelList });

/** Switches a model on or off for the account, or makes it the default. */
export const chooseModel = (body: { model: string; enabled: boolean; isDefault: boolean }) =>
  call('/models/choice', { method: 'PUT', body, data: nothing });
export const readUsage = () => call('/usage', { data: usageReport });
