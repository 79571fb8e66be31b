import { MogplexError } from '@mogplex/protocol';
import { readBody } from '../../http/body.ts';
import { defineRawRoute, type Route } from '../../http/route.ts';
import type { Platform } from '../../platform.ts';
import { openPublicKeys } from './keys.ts';
import { leakAnswers, leakReport, respondToLeaks } from './respond.ts';
import { isSigned } from './signature.ts';

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new MogplexError('invalid_request', 'the body is not JSON', { boundary: 'request' });
  }
};

const notSigned = (): MogplexError =>
  new MogplexError('forbidden', 'the report is not signed by a key that is configured', { boundary: 'token' });

/**
 * The endpoint for reports of leaked tokens, in the form of GitHub's secret scanning partner programme: signed report in, one label a
 * token out. The keys can be replaced while the platform runs.
 */
export const leakRoutes = (platform: Platform): Route[] => {
  const { config, now } = platform;
  const findKey = config.secretScanningKeys === undefined ? undefined : openPublicKeys(config.secretScanningKeys, now);
  return [
    defineRawRoute({
      method: 'POST',
      path: '/api/v1/mogplex/secret-scanning',
      scope: 'public',
      boundary: 'token',
      summary: 'Takes signed reports of leaked tokens, revokes them and tells their owners',
      describes: { request: { body: leakReport }, response: leakAnswers, bare: true, errors: ['not_found', 'forbidden'] },
      async handler(c) {
        if (findKey === undefined) {
          throw new MogplexError('not_found', 'this platform takes no reports of leaked tokens', {
            boundary: 'configuration',
            hint: 'Its operator can set MOGPLEX_SECRET_SCANNING_KEYS.',
          });
        }
        const body = await readBody(c.env.incoming, config.limits.body);
        const { headers } = c.env.incoming;
        const identifier = headers['github-public-key-identifier'];
        const key = typeof identifier === 'string' ? await findKey(identifier) : undefined;
        if (!key || !isSigned(key, headers['github-public-key-signature'], body)) throw notSigned();
        return Response.json(await respondToLeaks(platform, parse(body)), { headers: { 'cache-control': 'no-store' } });
      },
    }),
  ];
};
