import { doc, type Document, type Kinds } from './document.ts';
import type { Maker } from './maker.ts';

const B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Published shapes of widely used tokens. */
const TOKENS: readonly ((m: Maker) => string)[] = [
  (m) => `ghp_${m.alnum(36)}`,
  (m) => `github_pat_${m.alnum(22)}_${m.alnum(59)}`,
  (m) => `glpat-${m.slug(20)}`,
  (m) => `xoxb-${m.digits(12)}-${m.digits(13)}-${m.alnum(24)}`,
  (m) => `xapp-1-A${m.upper(10)}-${m.digits(13)}-${m.hex(64)}`,
  (m) => `sk_live_${m.alnum(24)}`,
  (m) => `rk_live_${m.alnum(99)}`,
  (m) => `whsec_${m.alnum(32)}`,
  (m) => `AKIA${m.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
  (m) => `AIza${m.slug(35)}`,
  (m) => `ya29.${m.slug(120)}`,
  (m) => `GOCSPX-${m.slug(28)}`,
  (m) => `sk-proj-${m.slug(74)}T3BlbkFJ${m.slug(74)}`,
  (m) => `sk-ant-api03-${m.slug(93)}AA`,
  (m) => `sk-or-v1-${m.hex(64)}`,
  (m) => `gsk_${m.alnum(52)}`,
  (m) => `hf_${m.chars(B64.slice(0, 52), 34)}`,
  (m) => `r8_${m.alnum(37)}`,
  (m) => `npm_${m.alnum(36)}`,
  (m) => `pypi-AgEIcHlwaS5vcmc${m.slug(120)}`,
  (m) => `dckr_pat_${m.slug(27)}`,
  (m) => `SG.${m.slug(22)}.${m.slug(43)}`,
  (m) => `key-${m.hex(32)}`,
  (m) => `SK${m.hex(32)}`,
  (m) => `shpat_${m.hex(32)}`,
  (m) => `dop_v1_${m.hex(64)}`,
  (m) => `hvs.${m.slug(95)}`,
  (m) => `${m.alnum(14)}.atlasv1.${m.slug(67)}`,
  (m) => `dapi${m.hex(32)}`,
  (m) => `glsa_${m.alnum(32)}_${m.hex(8)}`,
  (m) => `NRAK-${m.chars(UPPER, 27)}`,
  (m) => `PMAK-${m.hex(24)}-${m.hex(34)}`,
  (m) => `lin_api_${m.alnum(40)}`,
  (m) => `ntn_${m.digits(11)}${m.alnum(35)}`,
  (m) => `figd_${m.slug(40)}`,
  (m) => `sntrys_${m.base64(90).replace(/=/g, '')}_${m.alnum(43)}`,
  (m) => `pscale_tkn_${m.slug(43)}`,
  (m) => `tskey-auth-${m.alnum(17)}-${m.alnum(32)}`,
  (m) => `sq0atp-${m.slug(22)}`,
  (m) => `EAAA${m.slug(60)}`,
  (m) => `${m.hex(32)}-us${m.between(1, 20)}`,
  (m) => `pat-na1-${m.uuid()}`,
  (m) => `rubygems_${m.hex(48)}`,
  (m) => `AGE-SECRET-KEY-1${m.chars('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`,
  (m) => `${m.digits(9)}:AA${m.slug(33)}`,
  (m) => `M${m.alnum(25)}.${m.alnum(6)}.${m.slug(38)}`,
  (m) => `xai-${m.alnum(80)}`,
  (m) => `sbp_${m.hex(40)}`,
  (m) => `rnd_${m.alnum(32)}`,
  (m) => `ATATT3xFfGF0${m.slug(171)}=${m.chars('0123456789ABCDEF', 8)}`,
];

/** Base64 in lines, as armour has it. */
const body = (m: Maker, lines: number): string[] => Array.from({ length: lines }, () => m.chars(B64, 64));

function armoured(m: Maker, join: (lines: string[]) => string): Document {
  const label = m.pick([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'DSA PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
  ]);
  const lines = body(m, m.between(3, 24));
  return doc(join([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`]), ...lines);
}

/** Tokens and private keys. */
export const keys: Kinds = {
  'published tokens': (m) => {
    const token = m.pick(TOKENS)(m);
    return doc(
      m.pick([
        `${m.words(3)} ${token} ${m.words(2)}`,
        `{"a":"${token}"}`,
        `- ${token}\n`,
        `curl -F x=${token} https://${m.host()}`,
        `("${token}")`,
        `${m.date()} INFO using ${token}\n`,
      ]),
      token,
    );
  },
  'private key': (m) => armoured(m, (lines) => `${lines.join('\n')}\n`),
  'private key on one line': (m) =>
    armoured(m, (lines) => JSON.stringify({ type: 'service_account', private_key: `${lines.join('\n')}\n` })),
  'private key in source': (m) => armoured(m, (lines) => `const key = ${lines.map((line) => `'${line}\\n'`).join(' +\n  ')};\n`),
  'private key in yaml': (m) => armoured(m, (lines) => `tls:\n  key: |\n${lines.map((line) => `    ${line}\n`).join('')}`),
  'pgp key': (m) => {
    const lines = body(m, 12);
    return doc(
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${lines.join('\n')}\n=${m.chars(B64, 4)}\n-----END PGP PRIVATE KEY BLOCK-----\n`,
      ...lines,
    );
  },
  'putty key': (m) => {
    const lines = body(m, 8);
    const mac = m.hex(64);
    return doc(
      `PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: ${m.person()}\nPublic-Lines: 2\n${body(m, 2).join('\n')}\nPrivate-Lines: 8\n${lines.join('\n')}\nPrivate-MAC: ${mac}\n`,
      ...lines,
    );
  },
  'json web key': (m) => {
    const d = m.bytes(32).toString('base64url');
    return doc(
      JSON.stringify({
        kty: 'EC',
        crv: 'P-256',
        x: m.bytes(32).toString('base64url'),
        y: m.bytes(32).toString('base64url'),
        d,
        kid: m.word(),
      }),
      d,
    );
  },
};
