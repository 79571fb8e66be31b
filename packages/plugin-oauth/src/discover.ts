import { MogplexError } from '@moxxy/sdk';
import { type AuthorizationServer, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi';
import { classify, flowError } from './errors.ts';
import { requestOptions, type Transport } from './http.ts';
import { checkProfile, type OAuthProfile } from './profile.ts';
import { refusedUrl } from './url.ts';

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'device_authorization_endpoint', 'revocation_endpoint'] as const;

const fromProfile = (profile: OAuthProfile): AuthorizationServer | undefined => {
  if (typeof profile.endpoints !== 'object') return undefined;
  const { authorization, token, deviceAuthorization, revocation } = profile.endpoints;
  return {
    issuer: profile.issuer,
    authorization_endpoint: authorization,
    token_endpoint: token,
    ...(deviceAuthorization === undefined ? {} : { device_authorization_endpoint: deviceAuthorization }),
    ...(revocation === undefined ? {} : { revocation_endpoint: revocation }),
  };
};

const fetchMetadata = async (profile: OAuthProfile, algorithm: 'oauth2' | 'oidc', transport: Transport): Promise<AuthorizationServer> => {
  const issuer = new URL(profile.issuer);
  try {
    const response = await discoveryRequest(issuer, { algorithm, ...requestOptions(transport, profile.issuer) });
    return await processDiscoveryResponse(issuer, response);
  } catch (error) {
    throw flowError(profile.serviceName, 'discovery', classify(error, transport.signal));
  }
};

/**
 * The authorization server of a profile: its fixed endpoints, or its metadata (RFC 8414, OpenID Connect Discovery 1.0).
 * Every endpoint in metadata is held to the rule of the profile: https or loopback.
 *
 * @throws MogplexError `invalid_request` for a profile that is not sound, `upstream_error` for metadata that is not.
 */
export const discover = async (profile: OAuthProfile, transport: Transport): Promise<AuthorizationServer> => {
  checkProfile(profile);
  const { endpoints } = profile;
  const server = fromProfile(profile) ?? (await fetchMetadata(profile, endpoints === 'oauth2' ? 'oauth2' : 'oidc', transport));
  for (const name of ENDPOINTS) {
    const url = server[name];
    const refused = url === undefined ? undefined : refusedUrl(url);
    if (refused !== undefined) {
      throw new MogplexError('upstream_error', `the metadata of ${profile.serviceName} has an unusable ${name}: ${refused}`, {
        boundary: 'network',
      });
    }
  }
  return server;
};
