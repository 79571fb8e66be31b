export * from './chat.ts';
export { createDirectClient, DEFAULT_SILENCE_SECONDS, type DirectClientOptions } from './client.ts';
export { checkKeyShape } from './key-shape.ts';
export { type ModelId, parseModelId } from './model-id.ts';
export { MODELS_DATE, SHIPPED_MODELS } from './models.ts';
export { default as providersPlugin } from './plugin.ts';
export { type AccountClientOptions, type AccountCredential, createAccountClient } from './account/client.ts';
export { type AccountAskOptions, type AccountQuestion, askAccount } from './account/ask.ts';
export { fetchAccountModels } from './account/models.ts';
