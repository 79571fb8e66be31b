import type { Secret } from '@mogplex/credentials';
import { processRevocationResponse, revocationRequest } from 'oauth4webapi';
import { clientAuthOf, clientOf } from '../client-auth.ts';
import { discover } from '../discover.ts';
import { requestOptions, type Transport } from '../http.ts';
import type { OAuthProfile } from '../profile.ts';

/**
 * Revokes a token at the service (RFC 7009).
 *
 * @returns `unsupported` when the service has no revocation endpoint, `failed` when it did not confirm.
 */
export const revokeToken = async (
  profile: OAuthProfile,
  token: { secret: Secret; kind: 'refresh_token' | 'access_token' },
  transport: Transport,
): Promise<'yes' | 'unsupported' | 'failed'> => {
  try {
    const server = await discover(profile, transport);
    if (server.revocation_endpoint === undefined) return 'unsupported';
    const response = await revocationRequest(server, clientOf(profile), clientAuthOf(profile), token.secret.reveal(), {
      ...requestOptions(transport, server.revocation_endpoint),
      additionalParameters: { token_type_hint: token.kind },
    });
    await processRevocationResponse(response);
    return 'yes';
  } catch {
    return 'failed';
  }
};
