import { Secret } from '@mogplex/credentials';
import { type ConnectionAuthInput, MogplexError } from '@mogplex/protocol';
import type { Sealer } from '../store/sealer.ts';
import { checkHeader } from './input.ts';
import type { ConnectionRow } from './tables.ts';

type SecretColumns = Pick<ConnectionRow, 'auth' | 'auth_name' | 'sealed_secret' | 'secret_hint'>;

type Place = Pick<ConnectionRow, 'id' | 'team_id'>;

const placeOf = ({ id, team_id: owner }: Place) => ({ table: 'connection', row: id, column: 'sealed_secret', owner });

/** The last four characters, or nothing of a secret so short that they would tell much of it. */
const hintOf = (value: string): string => (value.length >= 20 ? `…${value.slice(-4)}` : '…');

/** The columns that hold how a connection authenticates: what is secret in it is sealed for this row alone. */
export const sealAuth = (sealer: Sealer, place: Place, auth: ConnectionAuthInput): SecretColumns => {
  const sealed = (name: string | null, value: string): SecretColumns => ({
    auth: auth.type,
    auth_name: name,
    sealed_secret: sealer.seal(placeOf(place), new Secret(value, `connection/${auth.type}`)),
    secret_hint: hintOf(value),
  });
  switch (auth.type) {
    case 'none':
    case 'oauth':
      return { auth: auth.type, auth_name: null, sealed_secret: null, secret_hint: null };
    case 'api_key':
      checkHeader(auth.header);
      return sealed(auth.header, auth.value);
    case 'bearer':
      return sealed(null, auth.token);
    case 'basic':
      return sealed(auth.username, auth.password);
  }
};

const malformed = (): MogplexError =>
  new MogplexError('damaged', 'the stored connection cannot be read', { boundary: 'connection', hint: 'Delete it and make it anew.' });

/**
 * Opens the secret of a connection and makes the header that carries it (RFC 6750, RFC 7617). Not for OAuth.
 *
 * @throws MogplexError `damaged` when it cannot be opened.
 */
export const openHeaders = (sealer: Sealer, row: ConnectionRow): Record<string, Secret> => {
  if (row.auth === 'none') return {};
  if (row.sealed_secret === null) throw malformed();
  const secret = sealer.open(placeOf(row), row.sealed_secret);
  switch (row.auth) {
    case 'api_key':
      if (row.auth_name === null) throw malformed();
      return { [row.auth_name]: secret };
    case 'bearer':
      return { Authorization: new Secret(`Bearer ${secret.reveal()}`, 'connection/bearer') };
    case 'basic': {
      const pair = Buffer.from(`${row.auth_name ?? ''}:${secret.reveal()}`, 'utf8').toString('base64');
      return { Authorization: new Secret(`Basic ${pair}`, 'connection/basic') };
    }
    case 'oauth':
      throw malformed();
  }
};
