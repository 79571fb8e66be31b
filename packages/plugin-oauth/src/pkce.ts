import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi';

/** A fresh PKCE code verifier: 43 characters from 32 random bytes (RFC 7636 section 4.1). */
export const generateCodeVerifier = (): string => generateRandomCodeVerifier();

/** The S256 challenge of a verifier (RFC 7636 section 4.2). */
export const computeCodeChallenge = (verifier: string): Promise<string> => calculatePKCECodeChallenge(verifier);

/** A fresh `state` from 32 random bytes (RFC 6749 section 10.12). */
export const generateState = (): string => generateRandomState();
