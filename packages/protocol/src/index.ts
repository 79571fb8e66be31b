export * from './envelope.ts';
export * from './errors.ts';
export * from './providers.ts';
export * from './token.ts';
