import { alnum, chars, format, hex, word } from './format.ts';

/** Package and image registries. */
export const registries = [
  format('npm-token', 'https://docs.npmjs.com/about-access-tokens', ['npm_', alnum(36)]),
  format('pypi-token', 'https://pypi.org/help/#apitoken', ['pypi-', word(50, 250)]),
  format('rubygems-key', 'https://guides.rubygems.org/api-key-scopes/', ['rubygems_', hex(48)]),
  format('clojars-token', 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens', ['CLOJARS_', chars('a-z0-9', 60)], {
    ignoreCase: true,
  }),
  format('docker-token', 'https://docs.docker.com/security/access-tokens/', [['dckr_pat_', 'dckr_oat_'], word(24, 40)]),
  format('nuget-key', 'https://learn.microsoft.com/en-us/nuget/nuget-org/scoped-api-keys', ['oy2', chars('a-z0-9', 43)], {
    exact: true,
    glued: false,
  }),
  format('hex-pm-key', 'https://hex.pm/docs/api', ['hexpm_', hex(32)]),
  format('packagist-token', 'https://packagist.com/docs/', [
    ['packagist_out_', 'packagist_ack_', 'packagist_uut_', 'conductor_'],
    hex(40, 80),
  ]),
  format('jfrog-access-token', 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens', [
    'eyJ2ZXIiOiIyIiwidHlwIjoiSldUIiwi',
    chars('A-Za-z0-9_.-', 60, 2000),
  ]),
  format('pyx-token', 'https://docs.pyx.dev/authentication', [['sk-pyx-', 'tp-pyx-'], alnum(40, 64)]),
  format('npmrc-credential', 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration', [
    [':_authToken=', ':_auth=', ':_password='],
    chars('A-Za-z0-9+/=_.~-', 6, 512),
  ]),
];
