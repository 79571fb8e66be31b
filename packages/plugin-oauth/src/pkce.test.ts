import { expect, test } from 'vitest';
import * as oauth from './index.ts';

test('C10 the six helpers are exported under the names of the document', () => {
  const { runAuthorizationCodeFlow, runDeviceCodeFlow, refreshAccessToken, computeCodeChallenge, generateCodeVerifier, generateState } =
    oauth;
  const helpers = [
    runAuthorizationCodeFlow,
    runDeviceCodeFlow,
    refreshAccessToken,
    computeCodeChallenge,
    generateCodeVerifier,
    generateState,
  ];
  expect(helpers.map((helper) => typeof helper)).toEqual(Array.from({ length: 6 }, () => 'function'));
});

test('C10 the challenge is the S256 of RFC 7636, appendix B', async () => {
  const challenge = await oauth.computeCodeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
  expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
});

test('C10 verifier and state are fresh each time, 43 characters from 32 random bytes', () => {
  const values = Array.from({ length: 200 }, () => [oauth.generateCodeVerifier(), oauth.generateState()]).flat();
  expect(new Set(values).size).toBe(400);
  for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
});
