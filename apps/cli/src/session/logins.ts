import { type LoginReader, readVaultIndex } from '@mogplex/credentials';
import { findProvider, MogplexError } from '@mogplex/protocol';

/** The plugin's provider whose login serves a provider of ours. */
const SERVED_BY: Readonly<Record<string, string>> = { openai: 'openai-codex' };

const RECORD = /^oauth\/([^/]+)\/tokens$/;

/**
 * Providers of plugins with a stored login that is not known to be lost. Read from the vault without its key.
 *
 * @returns none where the vault cannot be used, with the reason: other credentials work all the same
 */
const readLogins = (home: string): { logins: string[]; damage?: MogplexError } => {
  try {
    const logins = readVaultIndex(home, 'oauth/').entries.flatMap(({ name, meta }) => {
      const login = RECORD.exec(name)?.[1];
      return login === undefined || meta['lost'] !== undefined ? [] : [login];
    });
    return { logins };
  } catch (error) {
    if (error instanceof MogplexError) return { logins: [], damage: error };
    throw error;
  }
};

/** Providers of plugins with a stored login that can be used. */
export const storedLogins = (home: string): string[] => readLogins(home).logins;

/** What keeps stored logins from being read, where something does. */
export const vaultDamage = (home: string): MogplexError | undefined => readLogins(home).damage;

/** Stored logins that serve none of the nine providers: each is a provider of its own, whose models are named `login/model`. */
export const loginsOfTheirOwn = (home: string): string[] =>
  storedLogins(home).filter((login) => findProvider(login) === undefined && !Object.values(SERVED_BY).includes(login));

/** Finds the stored login that serves a provider. Its tokens stay sealed: the plugin opens the vault when it sends a request. */
export const loginReader = (home: string): LoginReader => {
  let stored: readonly string[] | undefined;
  return (provider) => {
    stored ??= storedLogins(home);
    const login = SERVED_BY[provider] ?? provider;
    return stored.includes(login) ? login : undefined;
  };
};
