export type { ClientOptions, TokenSource } from './call.ts';
export { allItems, createClient, type Client } from './client.ts';
export type { FollowOptions, LineState } from './follow/follow.ts';
export { operations } from './operations.ts';
export type { EventPage, Runs } from './runs.ts';
