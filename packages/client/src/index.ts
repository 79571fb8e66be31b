export type { ClientOptions } from './call.ts';
export { allItems, createClient, type Client } from './client.ts';
export { operations } from './operations.ts';
