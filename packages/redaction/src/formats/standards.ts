import { alnum, chars, format, hex, word } from './format.ts';

const crypt = 'https://man7.org/linux/man-pages/man5/crypt.5.html';
const phc = 'https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md';
const ldap = 'https://www.rfc-editor.org/rfc/rfc3112';
const hashcat = 'https://hashcat.net/wiki/doku.php?id=example_hashes';
const salted = './A-Za-z0-9';

/** Formats that belong to a standard, not to a vendor. */
export const standards = [
  format(
    'jwt',
    'https://www.rfc-editor.org/rfc/rfc7519',
    ['eyJ', word(8, 4000), '.', chars('A-Za-z0-9_/+-', 2, 8000), '.', chars('A-Za-z0-9_./+=-', 0, 4000)],
    {
      glued: false,
    },
  ),
  format('jwt', 'https://www.rfc-editor.org/rfc/rfc7519', ['ZXlK', chars('A-Za-z0-9+/=_-', 60, 8000)], { glued: false }),
  format('password-hash', crypt, [['$2a$', '$2b$', '$2x$', '$2y$'], chars('0-9', 2), '$', chars(salted, 53)]),
  format('password-hash', crypt, [['$5$', '$6$'], chars(`${salted}=$`, 44, 160)]),
  format('password-hash', crypt, [['$1$', '$apr1$', '$sha1$'], chars(salted, 1, 10), '$', chars(salted, 22, 32)]),
  format('password-hash', crypt, [['$y$', '$gy$', '$7$'], chars(`${salted}$`, 44, 200)]),
  format('password-hash', phc, [
    [
      '$argon2id$',
      '$argon2i$',
      '$argon2d$',
      '$scrypt$',
      '$pbkdf2-sha256$',
      '$pbkdf2-sha512$',
      '$pbkdf2$',
      'pbkdf2_sha256$',
      'pbkdf2_sha512$',
    ],
    chars('A-Za-z0-9+/=.,_$-', 40, 300),
  ]),
  format('password-hash', ldap, [
    ['{SSHA}', '{SSHA256}', '{SSHA512}', '{SMD5}', '{PBKDF2}', '{ARGON2}'],
    chars('A-Za-z0-9+/=.,$', 20, 300),
  ]),
  format('putty-private-key', 'https://the.earth.li/~sgtatham/putty/0.83/htmldoc/AppendixC.html', [
    'Private-Lines: ',
    chars('0-9', 1, 3),
    chars('\\r\\nA-Za-z0-9+/=', 0, 20_000),
  ]),
  format(
    'url-signature',
    'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html',
    [['&Signature=', '?Signature=', '&signature=', '?signature=', '&Policy='], chars('A-Za-z0-9%+/=_~-', 24, 1000)],
  ),
  format('url-signature', 'https://cloud.google.com/storage/docs/authentication/canonical-requests', [
    ['X-Goog-Signature=', 'X-Goog-Credential='],
    chars('A-Za-z0-9%+/=_.@-', 16, 2000),
  ]),
  format('url-signature', 'https://www.alibabacloud.com/help/en/oss/developer-reference/signature-version-4-recommend', [
    ['x-oss-signature=', 'OSSAccessKeyId='],
    chars('A-Za-z0-9%+/=_-', 16, 400),
  ]),
  format('url-signature', 'https://www.tencentcloud.com/document/product/436/7778', ['q-signature=', hex(40)]),
  format('password-hash', hashcat, [['$8$', '$9$'], chars(salted, 14), '$', chars(salted, 43)]),
  format('password-hash', hashcat, [['$P$', '$H$'], chars(salted, 31)], { exact: true }),
  format('password-hash', hashcat, ['$S$', chars(salted, 52)], { exact: true }),
  format('password-hash', hashcat, [['$krb5asrep$', '$krb5tgs$', '$krb5pa$'], chars('A-Za-z0-9@.:/$*_-', 64, 6000)]),
  format('password-hash', hashcat, [':aad3b435b51404eeaad3b435b51404ee:', hex(32)], { ignoreCase: true }),
  format('password-hash', 'https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash', [
    ['pbkdf2:sha256:', 'pbkdf2:sha512:', 'pbkdf2:sha1:', 'scrypt:'],
    chars('0-9:', 4, 16),
    '$',
    alnum(8, 32),
    '$',
    hex(40, 128),
  ]),
  format('password-hash', 'https://www.postgresql.org/docs/current/catalog-pg-authid.html', [
    'SCRAM-SHA-256$',
    chars('0-9', 1, 8),
    ':',
    chars('A-Za-z0-9+/=', 8, 64),
    '$',
    chars('A-Za-z0-9+/=:', 40, 140),
  ]),
  format('session-cookie', 'https://owasp.org/www-community/attacks/Session_hijacking_attack', [
    ['JSESSIONID=', ';jsessionid=', 'PHPSESSID=', 'ASP.NET_SessionId=', 'connect.sid=', 'laravel_session=', '.ASPXAUTH='],
    chars('A-Za-z0-9%+/=._!:-', 20, 2000),
  ]),
  format('session-cookie', 'https://learn.microsoft.com/en-us/aspnet/core/security/authentication/cookie', [
    ['.AspNetCore.Cookies=', '.AspNetCore.Session=', '.AspNetCore.Identity.Application='],
    chars('A-Za-z0-9%+/=_-', 20, 4000),
  ]),
  format('saml-message', 'https://docs.oasis-open.org/security/saml/v2.0/saml-bindings-2.0-os.pdf', [
    ['SAMLResponse', 'SAMLArt'],
    chars('="\'\\: ', 1, 8),
    chars('A-Za-z0-9%+/=', 40, 40_000),
  ]),
  format('authorization-code', 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3', [
    ['authorization_code&code=', '/callback?code=', '&code_verifier=', '"code_verifier":"'],
    chars('A-Za-z0-9%+/=._~-', 20, 2000),
  ]),
  format('secret-token-uri', 'https://www.rfc-editor.org/rfc/rfc8959', ['secret-token:', chars('A-Za-z0-9._~!$&*+,;=:@%-', 16, 300)]),
];
