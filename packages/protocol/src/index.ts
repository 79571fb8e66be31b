export * from './envelope.ts';
export * from './errors.ts';
export * from './exec-events.ts';
export * from './models.ts';
export * from './providers.ts';
export * from './token.ts';
export * from './tokens.ts';
