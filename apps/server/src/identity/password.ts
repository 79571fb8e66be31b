/**
 * The scrypt of the account library, with a salt of its own for each password. The library is loaded at the first use, since
 * it costs the start of a server or a command more than everything else together.
 */
const library = () => import('better-auth/crypto');

/** The form in which a password is stored. */
export const hashPassword = async (password: string): Promise<string> => (await library()).hashPassword(password);

/** Whether a typed password is the stored one. */
export const verifyPassword = async (stored: { hash: string; password: string }): Promise<boolean> =>
  (await library()).verifyPassword(stored);
