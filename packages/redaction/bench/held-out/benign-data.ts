import { benign, type Kinds, lines } from './document.ts';

/** Data that looks generated and is not secret. */
export const data: Kinds = {
  uuids: benign((m) =>
    lines(m, 2, 6, () =>
      m.pick([
        `id: ${m.uuid()}`,
        `"requestId":"${m.uuid()}"`,
        `trace_id=${m.hex(32)} span_id=${m.hex(16)}`,
        `session_id=${m.uuid()}`,
        `user_id: ${m.uuid()}`,
      ]),
    ),
  ),
  'git log': benign((m) =>
    lines(m, 2, 6, () =>
      m.pick([
        `commit ${m.hex(40)}\nAuthor: ${m.title()} <${m.person()}@${m.word()}.dev>`,
        `${m.hex(7)} ${m.words(5)}`,
        `index ${m.hex(7)}..${m.hex(7)} 100644`,
        `HEAD is now at ${m.hex(9)} ${m.words(3)}`,
        `uses: actions/checkout@${m.hex(40)}`,
      ]),
    ),
  ),
  lockfile: benign((m) =>
    lines(
      m,
      2,
      5,
      () =>
        `"node_modules/${m.word()}": { "version": "${m.below(9)}.${m.below(20)}.0", "resolved": "https://registry.npmjs.org/${m.word()}/-/${m.word()}-1.2.3.tgz", "integrity": "sha512-${m.base64(64)}" },`,
    ),
  ),
  'go.sum and Cargo.lock': benign((m) =>
    lines(m, 2, 5, () =>
      m.pick([
        `github.com/${m.word()}/${m.word()} v1.${m.below(30)}.0/go.mod h1:${m.base64(32)}`,
        `checksum = "${m.hex(64)}"`,
        `${m.word()}==2.${m.below(9)}.1 --hash=sha256:${m.hex(64)}`,
      ]),
    ),
  ),
  digests: benign((m) =>
    lines(m, 2, 5, () =>
      m.pick([
        `${m.hex(64)}  ${m.word()}.tar.gz`,
        `image: ${m.word()}@sha256:${m.hex(64)}`,
        `MD5 (${m.word()}.iso) = ${m.hex(32)}`,
        `SHA256:${m.base64(32).replace('=', '')} ${m.person()}@${m.word()} (ED25519)`,
        `etag: W/"${m.hex(24)}"`,
        `<script integrity="sha384-${m.base64(48)}" crossorigin="anonymous"></script>`,
      ]),
    ),
  ),
  'data URI': benign((m) => `background: url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${m.base64(m.between(60, 300))});`),
  'public key': benign((m) =>
    m.pick([
      `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${m.base64(32).slice(0, 43)} ${m.person()}@${m.word()}`,
      `-----BEGIN PUBLIC KEY-----\n${m.base64(48)}\n${m.base64(48)}\n-----END PUBLIC KEY-----\n`,
      `-----BEGIN CERTIFICATE-----\n${m.base64(48)}\n${m.base64(48)}\n-----END CERTIFICATE-----\n`,
      `PublicKey = ${m.base64(32)}`,
      `"publicKey": "${m.base64(32)}"`,
    ]),
  ),
  hexdump: benign((m) => lines(m, 2, 5, () => `${m.hex(8)}  ${Array.from({ length: 16 }, () => m.hex(2)).join(' ')}  |................|`)),
  'minified javascript': benign(
    (m) =>
      `!function(e,t){"use strict";var n=t.key,r=e.token||0;function o(e){return e&&e.pass?e.pass(${m.below(99)}):n[${m.below(9)}]}e.auth=o,e.keys=Object.keys(t).map((function(e){return t[e]}));var ${m.chars('abcdefgh', 1)}="${m.word()}",i={token:n,key:r,password:o,secret:null};r.tokenize=function(e){return i.key===e}}(window,{key:"${m.word()}",pass:!0});`,
  ),
  css: benign((m) =>
    lines(m, 2, 5, () =>
      m.pick([
        `.${m.word()}-${m.lower(6)} { color: #${m.hex(6)}; margin: ${m.below(40)}px }`,
        `input[type="password"] { background: #${m.hex(3)} }`,
        `.token.keyword, .token.string { color: #${m.hex(6)} }`,
        `@keyframes ${m.word()} { from { opacity: 0 } }`,
      ]),
    ),
  ),
  'usage figures': benign(
    (m) =>
      `{"model":"${m.word()}-5","usage":{"input_tokens":${m.digits(6)},"output_tokens":${m.digits(5)},"cache_read_input_tokens":${m.digits(7)},"max_tokens":${m.digits(4)}},"token_type":"Bearer","expires_in":3600,"stop_reason":"end_turn","id":"msg_${m.alnum(24)}"}`,
  ),
  'access log': benign((m) =>
    lines(
      m,
      2,
      6,
      () =>
        `10.0.${m.below(250)}.${m.below(250)} - - [22/Nov/2026:10:${m.between(10, 59)}:04 +0000] "${m.pick(['GET', 'POST'])} /${m.pick(['login', 'oauth/token', 'api/keys', 'password/reset', 'auth/callback'])}?next=%2F${m.word()} HTTP/1.1" ${m.pick(['200', '302', '401'])} ${m.digits(4)} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`,
    ),
  ),
  'stack trace': benign(
    (m) =>
      `TypeError: Cannot read properties of undefined (reading 'token')\n${lines(m, 2, 5, () => `    at ${m.pick(['getToken', 'AuthService.login', 'Object.parsePassword', 'verifySecretKey', 'Keychain.read'])} (/srv/${m.word()}/node_modules/@${m.word()}/auth-token/dist/index-${m.alnum(8)}.js:${m.below(900)}:${m.below(80)})`)}`,
  ),
  csv: benign(
    (m) =>
      `id,email,created,amount\n${lines(m, 2, 6, () => `${m.digits(6)},${m.person()}@${m.word()}.dev,2026-03-${m.between(10, 28)},${m.digits(3)}.${m.digits(2)}`)}`,
  ),
  identifiers: benign((m) =>
    lines(m, 2, 5, () =>
      m.pick([
        `arn:aws:iam::${m.digits(12)}:role/${m.word()}`,
        `projects/${m.word()}-${m.digits(6)}/secrets/db-password/versions/3`,
        `pod/${m.word()}-${m.hex(10)}-${m.lower(5)} 1/1 Running 0 3d`,
        `i-0${m.hex(16)} running`,
        `G-${m.upper(10)}`,
        `UA-${m.digits(8)}-1`,
        `client_id=${m.digits(12)}-${m.lower(32)}.apps.googleusercontent.com`,
        `vpc-${m.hex(17)}`,
        `toolu_01${m.alnum(22)}`,
        `cus_${m.alnum(14)} sub_${m.alnum(24)}`,
        `key_id: ${m.hex(16)}`,
        `keyId=${m.uuid()}`,
      ]),
    ),
  ),
  'bundler output': benign((m) =>
    lines(
      m,
      2,
      6,
      () => `dist/assets/${m.word()}-${m.slug(8)}.js   ${m.digits(3)}.${m.digits(2)} kB │ gzip: ${m.digits(2)}.${m.digits(2)} kB`,
    ),
  ),
  'source map': benign(
    (m) =>
      `{"version":3,"sources":["../src/${m.word()}.ts"],"names":["token","key","password"],"mappings":"AAAA,${Array.from({ length: 30 }, () => m.chars('ACEGIKQSUW', 4)).join(',')};${Array.from({ length: 20 }, () => m.chars('ACDEGI', 5)).join(',')}"}`,
  ),
};
