import { alnum, chars, format, hex, word } from './format.ts';

const newRelic = 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/';

/** Monitoring, logging, analytics. */
export const observability = [
  format(
    'grafana-service-token',
    'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    ['glsa_', alnum(32), '_', hex(8)],
    { ignoreCase: true },
  ),
  format(
    'grafana-cloud-token',
    'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
    ['glc_', chars('A-Za-z0-9+/=', 32, 400)],
  ),
  format('grafana-key', 'https://grafana.com/docs/grafana/latest/', ['eyJrIjoi', chars('A-Za-z0-9=', 60, 400)], { ignoreCase: true }),
  format('sentry-token', 'https://docs.sentry.io/account/auth-tokens/', [['sntryu_', 'sntrya_', 'sntryi_'], hex(64)]),
  format('sentry-org-token', 'https://docs.sentry.io/account/auth-tokens/', ['sntrys_', chars('A-Za-z0-9+/=_', 40, 400)]),
  format('new-relic-key', newRelic, [['NRAK-', 'NRAA-', 'NRII-', 'NRIQ-', 'NRJS-', 'NRRA-', 'NRBR-', 'NRAL-', 'NRSP-'], word(19, 44)], {
    ignoreCase: true,
  }),
  format('new-relic-license-key', newRelic, [chars('a-z0-9', 6), hex(30), 'NRAL']),
  format('new-relic-license-key', newRelic, [['eu01xx', 'us01xx', 'eu02xx'], hex(34)], { glued: false }),
  format(
    'dynatrace-token',
    'https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication',
    [['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s16.', 'dt0s08.', 'dt0c02.'], chars('A-Z0-9', 8, 24), '.', chars('A-Z0-9', 64)],
    { ignoreCase: true },
  ),
  format('honeycomb-key', 'https://docs.honeycomb.io/', [['hcaik_', 'hcbik_', 'hcxik_', 'hcalk_', 'hcamk_'], alnum(50, 70)]),
  format('posthog-key', 'https://posthog.com/docs/api', [['phx_', 'phc_', 'phs_', 'pha_', 'phr_'], word(32, 64)], { glued: false }),
  format('logfire-token', 'https://logfire.pydantic.dev/', [['pylf_v1_us_', 'pylf_v1_eu_', 'pylf_v1_local_'], alnum(40, 60)]),
  format('tinybird-token', 'https://www.tinybird.co/docs', ['p.eyJ', chars('A-Za-z0-9_.-', 60, 300)], { glued: false }),
  format(
    'mapbox-token',
    'https://docs.mapbox.com/api/guides/access-tokens/',
    [['pk.eyJ', 'sk.eyJ', 'tk.eyJ'], chars('A-Za-z0-9_.-', 40, 300)],
    { glued: false },
  ),
  format('mapbox-token', 'https://docs.mapbox.com/api/guides/access-tokens/', [['pk.', 'sk.', 'tk.'], alnum(60), '.', word(22)], {
    glued: false,
    ignoreCase: true,
  }),
  format('elastic-key', 'https://www.elastic.co/docs/', ['essu_', chars('A-Za-z0-9+/=_-', 40, 204)]),
  format('axiom-token', 'https://axiom.co/docs/reference/tokens', [['xaat-', 'xapt-'], chars('a-f0-9-', 36)]),
  format('coralogix-key', 'https://coralogix.com/docs/user-guides/account-management/api-keys/api-keys/', [
    ['cxtp_', 'cxth_', 'cxup_'],
    alnum(30, 40),
  ]),
  format('statsig-key', 'https://docs.statsig.com/sdk-keys/api-keys', [['secret-', 'console-'], alnum(40, 64)], { glued: false }),
  format('rootly-key', 'https://docs.rootly.com/api-reference/overview', ['rootly_', hex(64)]),
  format('incident-io-key', 'https://api-docs.incident.io/', ['inc_', hex(64)], { glued: false }),
  format('checkly-key', 'https://www.checklyhq.com/docs/', ['cu_', hex(32)], { exact: true, glued: false }),
  format('dash0-token', 'https://www.dash0.com/documentation', ['auth_', alnum(32)], { exact: true, glued: false }),
  format('new-relic-pixie-key', 'https://docs.px.dev/reference/admin/api-keys/', [['px-api-', 'px-dep-'], chars('a-f0-9-', 36)]),
  format('pagerduty-token', 'https://developer.pagerduty.com/docs/oauth-functionality', [['pdus+_', 'pdeu+_'], word(40, 80)]),
  format('victorops-url', 'https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/', [
    'alert.victorops.com/integrations/',
    chars('a-z0-9/-', 40, 160),
  ]),
  format('logicmonitor-token', 'https://www.logicmonitor.com/support/rest-api-authentication', ['lmb_', chars('A-Za-z0-9+/=', 50, 200)]),
];
