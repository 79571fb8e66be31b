import { MogplexError } from '@mogplex/protocol';
import { readBody } from '../../http/body.ts';
import { defineRawRoute, type Route } from '../../http/route.ts';
import type { Platform } from '../../platform.ts';
import { leakAnswers, leakReport, respondToLeaks } from './respond.ts';
import { isSigned, readPublicKeys } from './signature.ts';

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new MogplexError('invalid_request', 'the body is not JSON', { boundary: 'request' });
  }
};

/**
 * The endpoint for reports of leaked tokens, in the form of GitHub's secret scanning partner programme: signed report in, one label a
 * token out. The keys are read for each report, so that they can be replaced while the platform runs.
 */
export const leakRoutes = (platform: Platform): Route[] => [
  defineRawRoute({
    method: 'POST',
    path: '/api/v1/mogplex/secret-scanning',
    scope: 'public',
    boundary: 'token',
    summary: 'Takes signed reports of leaked tokens, revokes them and tells their owners',
    describes: { request: { body: leakReport }, response: leakAnswers, bare: true, errors: ['not_found', 'forbidden'] },
    async handler(c) {
      const { config } = platform;
      if (config.secretScanningKeys === undefined) {
        throw new MogplexError('not_found', 'this platform takes no reports of leaked tokens', {
          boundary: 'configuration',
          hint: 'Its operator can set MOGPLEX_SECRET_SCANNING_KEYS.',
        });
      }
      const body = await readBody(c.env.incoming, config.limits.body);
      const keys = await readPublicKeys(config.secretScanningKeys);
      const { headers } = c.env.incoming;
      if (!isSigned(keys, headers['github-public-key-identifier'], headers['github-public-key-signature'], body)) {
        throw new MogplexError('forbidden', 'the report is not signed by a key that is configured', { boundary: 'token' });
      }
      return Response.json(await respondToLeaks(platform, parse(body)), { headers: { 'cache-control': 'no-store' } });
    },
  }),
];
