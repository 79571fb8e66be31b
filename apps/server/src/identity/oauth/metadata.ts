import { type OAuthContext, SCOPES } from './context.ts';
import { DEVICE_GRANT } from './device.ts';

const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'];

/** The authorization server's metadata (RFC 8414 section 2, RFC 8628 section 4, RFC 9207 section 3). */
export const serverMetadata = ({ issuer }: Pick<OAuthContext, 'issuer'>) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  revocation_endpoint: `${issuer}/oauth/revoke`,
  registration_endpoint: `${issuer}/oauth/register`,
  device_authorization_endpoint: `${issuer}/oauth/device`,
  scopes_supported: SCOPES,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token', DEVICE_GRANT],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: AUTH_METHODS,
  revocation_endpoint_auth_methods_supported: AUTH_METHODS,
  authorization_response_iss_parameter_supported: true,
});

/** The metadata of a protected resource of this platform (RFC 9728 section 2). */
export const resourceMetadata = ({ issuer }: Pick<OAuthContext, 'issuer'>, path: string) => ({
  resource: issuer + path,
  authorization_servers: [issuer],
  scopes_supported: SCOPES,
  bearer_methods_supported: ['header'],
  resource_name: 'Mogplex',
});
