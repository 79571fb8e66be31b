import { alnum, chars, format, hex, word } from './format.ts';

const vault = 'https://developer.hashicorp.com/vault/docs/concepts/tokens';

/** Platforms, databases, secret stores and networks. */
export const infrastructure = [
  format('vault-token', vault, [['hvs.', 'hvb.', 'hvr.'], word(24, 300)]),
  format(
    'terraform-token',
    'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    [alnum(14), '.atlasv1.', word(60, 90)],
    { ignoreCase: true },
  ),
  format('doppler-token', 'https://docs.doppler.com/docs/service-tokens', [
    ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    chars('A-Za-z0-9._-', 40, 80),
  ]),
  format('onepassword-service-token', 'https://developer.1password.com/docs/service-accounts/', [
    'ops_eyJ',
    chars('A-Za-z0-9+/=_-', 100, 2000),
  ]),
  format(
    'onepassword-secret-key',
    'https://support.1password.com/secret-key-security/',
    ['A3-', chars('A-Z0-9', 6), '-', chars('A-Z0-9', 5, 12), '-', chars('A-Z0-9-', 16, 30)],
    { glued: false },
  ),
  format('age-secret-key', 'https://github.com/C2SP/C2SP/blob/main/age.md', [
    ['AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-PQ-1'],
    chars('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58, 120),
  ]),
  format('heroku-token', 'https://devcenter.heroku.com/articles/platform-api-reference', ['HRKU-', word(36, 70)]),
  format('fly-token', 'https://fly.io/docs/security/tokens/', [['fo1_', 'fm1r_', 'fm1a_', 'fm2_'], chars('A-Za-z0-9+/=_-', 40, 1000)]),
  format('vercel-token', 'https://vercel.com/docs/rest-api', [['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_', 'vcs_'], alnum(24, 64)]),
  format('vercel-blob-token', 'https://vercel.com/docs/vercel-blob', ['vercel_blob_rw_', chars('A-Za-z0-9_', 30, 60)]),
  format('netlify-token', 'https://docs.netlify.com/', [['nfp_', 'nfo_', 'nfc_', 'nfu_'], alnum(36, 44)]),
  format('render-key', 'https://render.com/docs/api', ['rnd_', alnum(24, 40)]),
  format('supabase-token', 'https://supabase.com/docs/guides/api/api-keys', [
    ['sbp_', 'sb_secret_', 'sbp_v0_', 'sb_publishable_'],
    word(30, 60),
  ]),
  format('planetscale-token', 'https://planetscale.com/docs/', [
    ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'],
    chars('A-Za-z0-9=._-', 30, 70),
  ]),
  format('neon-key', 'https://neon.com/docs/manage/api-keys', [['napi_', 'npg_'], alnum(10, 80)]),
  format('databricks-token', 'https://docs.databricks.com/en/dev-tools/auth/pat.html', ['dapi', hex(32)], {
    ignoreCase: true,
    glued: false,
  }),
  format('databricks-secret', 'https://docs.databricks.com/en/dev-tools/auth/oauth-m2m.html', ['dose', hex(32)], { exact: true }),
  format('clickhouse-key', 'https://clickhouse.com/docs/cloud/manage/openapi', ['4b1d', alnum(38)], { glued: false, exact: true }),
  format('confluent-secret', 'https://docs.confluent.io/cloud/current/security/authenticate/', ['cflt', chars('A-Za-z0-9+/', 60)], {
    glued: false,
  }),
  format('mongodb-atlas-secret', 'https://www.mongodb.com/docs/atlas/api/service-accounts-overview/', ['mdb_sa_sk_', word(36, 60)]),
  format('aiven-token', 'https://aiven.io/docs/platform/concepts/authentication-tokens', ['aivenv1', chars('A-Za-z0-9+/=', 60, 400)]),
  format('pulumi-token', 'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/', ['pul-', hex(40)]),
  format('tailscale-key', 'https://tailscale.com/kb/1085/auth-keys', ['tskey-', chars('a-z', 2, 12), '-', chars('A-Za-z0-9-', 16, 80)]),
  format('ngrok-token', 'https://ngrok.com/docs/', ['ngrok_', alnum(40, 60)]),
  format('defined-networking-token', 'https://docs.defined.net/', ['dnkey-', word(26), '-', word(52)]),
  format('openshift-token', 'https://docs.openshift.com/', ['sha256~', word(43)]),
  format('scalingo-token', 'https://developers.scalingo.com/', ['tk-us-', word(48)]),
  format(
    'authress-key',
    'https://authress.io/knowledge-base/',
    [
      ['sc_', 'ext_', 'scauth_', 'authress_'],
      chars('a-z0-9', 5, 30),
      '.',
      alnum(4, 6),
      '.',
      ['acc_', 'acc-'],
      chars('a-z0-9-', 10, 32),
      '.',
      chars('A-Za-z0-9+/_=-', 30, 120),
    ],
    { ignoreCase: true },
  ),
  format(
    'artifactory-key',
    'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens',
    [['AKCp'], alnum(69, 75)],
    { glued: false },
  ),
  format(
    'artifactory-reference-token',
    'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens',
    ['cmVmdGtuOj', alnum(54, 64)],
    { glued: false },
  ),
  format('convex-key', 'https://docs.convex.dev/', [
    ['prod:', 'dev:', 'preview:'],
    chars('a-z0-9-', 8, 40),
    '|',
    chars('A-Za-z0-9+/=', 60, 300),
  ]),
  format('coder-token', 'https://coder.com/docs/', ['coder_', alnum(10), '-', alnum(22)]),
  format('infisical-token', 'https://infisical.com/docs/', ['st.', hex(24), '.', hex(32), '.', hex(32)], { glued: false }),
  format('wireguard-key', 'https://www.wireguard.com/', [
    ['PrivateKey = ', 'PresharedKey = ', 'PrivateKey=', 'PresharedKey='],
    chars('A-Za-z0-9+/', 43),
    '=',
  ]),
  format('ssh-private-key-body', 'https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key', [
    'b3BlbnNzaC1rZXktdjEAAAA',
    chars('A-Za-z0-9+/=', 40, 4000),
  ]),
  format('sealed-age-plugin-key', 'https://github.com/str4d/age-plugin-yubikey', ['AGE-PLUGIN-', chars('A-Z0-9-', 30, 140)]),
];
