import { MogplexError, scopeSchema } from '@mogplex/protocol';

/**
 * Reads scopes as an operator types them: `read`, `write` or `read,write`.
 *
 * @throws MogplexError `invalid_request` for anything else, and for none.
 */
export const parseScopes = (text: string): Set<'read' | 'write'> => {
  const parts = text.split(',').map((part) => scopeSchema.safeParse(part.trim()));
  const scopes = parts.flatMap(({ data }) => data ?? []);
  if (scopes.length === parts.length && new Set(scopes).size === scopes.length) return new Set(scopes);
  throw new MogplexError('invalid_request', 'the scopes must be read, write or read,write', { boundary: 'token' });
};
