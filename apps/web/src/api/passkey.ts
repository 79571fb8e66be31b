import { z } from 'zod';
import { call, nothing } from './client.ts';

const passkey = z.object({ id: z.string(), name: z.string().nullable(), createdAt: z.number() });

const isOptions = (value: unknown): boolean => typeof value === 'object' && value !== null && 'challenge' in value;

/** Whether this browser can use passkeys in the JSON forms of WebAuthn Level 3. */
export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';

const credentialOf = (credential: Credential | null): unknown => {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser gave no passkey.');
  return credential.toJSON();
};

/** Signs in with a passkey (WebAuthn Level 3, section 7.2). */
export const signInWithPasskey = async (): Promise<void> => {
  const options = await call('/auth/passkey/options', {
    method: 'POST',
    body: {},
    data: z.custom<PublicKeyCredentialRequestOptionsJSON>(isOptions),
  });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = credentialOf(await navigator.credentials.get({ publicKey }));
  await call('/auth/passkey', { method: 'POST', body: { response: credential }, data: nothing });
};

/** Registers a new passkey for the signed-in account (WebAuthn Level 3, section 7.1). */
export const addPasskey = async (name: string): Promise<void> => {
  const data = z.custom<PublicKeyCredentialCreationOptionsJSON>(isOptions);
  const options = await call('/account/passkeys/options', { method: 'POST', body: {}, data });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = credentialOf(await navigator.credentials.create({ publicKey }));
  await call('/account/passkeys', { method: 'POST', body: { name, response: credential }, data: nothing });
};

export const listPasskeys = () => call('/account/passkeys', { data: z.object({ items: z.array(passkey) }) });
export const removePasskey = (id: string) => call(`/account/passkeys/${encodeURIComponent(id)}`, { method: 'DELETE', data: nothing });
