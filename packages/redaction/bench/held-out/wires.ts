import { doc, type Kinds } from './document.ts';
import type { Maker } from './maker.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const jwt = (m: Maker): string =>
  `${Buffer.from(`{"alg":"HS256","typ":"JWT"}`).toString('base64url')}.${Buffer.from(JSON.stringify({ sub: m.uuid(), iat: Number(m.digits(9)) })).toString('base64url')}.${m.bytes(32).toString('base64url')}`;

/** Headers, URLs, connection strings, logs, chats. */
export const wires: Kinds = {
  'authorization headers': (m) => {
    const key = m.key();
    const basic = b64(`${m.person()}:${m.password()}`);
    return m.pick([
      () => doc(`> GET /v1 HTTP/1.1\n> Host: ${m.host()}\n> Authorization: Bearer ${key}\n> Accept: */*\n`, key),
      () => doc(`> GET /v1 HTTP/1.1\n> Authorization: Basic ${basic}\n> Accept: */*\n`, basic),
      () => doc(`authorization: Token ${key}\r\ncontent-type: application/json\r\n`, key),
      () => doc(`{"headers":{"authorization":"ApiKey ${key}","accept":"*/*"}}`, key),
      () => doc(`headers = {"Authorization": "token ${key}", "Accept": "application/json"}`, key),
      () => doc(`fetch(url, { headers: { Authorization: \`Bearer ${key}\` } })`, key),
      () => doc(`Proxy-Authorization: Basic ${basic}\n`, basic),
      () => {
        const signature = m.hex(64);
        return doc(
          `Authorization: AWS4-HMAC-SHA256 Credential=AKIA${m.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}\n`,
          signature,
        );
      },
      () => {
        const response = m.hex(32);
        return doc(
          `Authorization: Digest username="${m.person()}", realm="x", nonce="${m.hex(32)}", uri="/", response="${response}"\n`,
          response,
        );
      },
    ])();
  },
  'key headers': (m) => {
    const key = m.key();
    const name = m.pick([
      'X-Api-Key',
      'x-auth-token',
      'X-Gitlab-Token',
      'api-key',
      'Ocp-Apim-Subscription-Key',
      'X-Vault-Token',
      'x-goog-api-key',
      'X-Amz-Security-Token',
      'X-Shopify-Access-Token',
      'PRIVATE-TOKEN',
    ]);
    return doc(m.pick([`${name}: ${key}\n`, `"${name}": "${key}",`, `req.headers['${name}'] = '${key}'`, `["${name}","${key}"]`]), key);
  },
  cookies: (m) => {
    const [key, other] = [m.alnum(32), m.hex(40)];
    return doc(`Set-Cookie: sessionid=${key}; Path=/; HttpOnly; Secure\nCookie: theme=dark; auth_token=${other}; lang=en\n`, key, other);
  },
  'query parameters': (m) => {
    const key = m.key().replace(/[+/=]/g, 'x');
    return doc(
      `${m.date()} 10.0.0.${m.below(250)} "GET /v1/items?page=2&${m.pick(['api_key', 'access_token', 'token', 'apikey', 'client_secret', 'key', 'auth', 'sig'])}=${key} HTTP/1.1" 200 ${m.digits(4)}\n`,
      key,
    );
  },
  'database URLs': (m) => {
    const password = m.password().replace(/[#?%@/]/g, 'x');
    const scheme = m.pick([
      'postgres',
      'postgresql',
      'mysql',
      'mongodb',
      'mongodb+srv',
      'redis',
      'rediss',
      'amqp',
      'amqps',
      'postgresql+asyncpg',
      'mssql',
      'clickhouse',
      'smtp',
      'ftp',
    ]);
    return doc(
      m.pick([
        `DATABASE_URL=${scheme}://${m.user()}:${password}@${m.host()}:${m.digits(4)}/${m.service()}?sslmode=require\n`,
        `url: "${scheme}://${m.user()}:${password}@${m.host()}/${m.service()}"\n`,
        `could not connect to ${scheme}://${m.user()}:${password}@${m.host()}: timeout after 30s\n`,
        `REDIS_URL=redis://:${password}@${m.host()}:6379/0\n`,
      ]),
      password,
    );
  },
  'jdbc and odbc': (m) => {
    const password = m.password();
    const plain = password.replace(/[&;#%?]/g, 'x');
    return m.pick([
      () => doc(`jdbc:mysql://${m.host()}:3306/${m.service()}?user=${m.user()}&password=${plain}&useSSL=true`, plain),
      () => doc(`jdbc:sqlserver://${m.host()}:1433;databaseName=x;user=${m.user()};password=${password};encrypt=true`, password),
      () => doc(`Driver={ODBC Driver 18 for SQL Server};Server=${m.host()};Uid=${m.user()};Pwd=${password};`, password),
      () => doc(`jdbc:oracle:thin:${m.user()}/${plain}@${m.host()}:1521/${m.service()}`, plain),
      () => doc(`host=${m.host()} port=5432 dbname=${m.service()} user=${m.user()} password=${plain} sslmode=require`, plain),
      () => doc(`Provider=SQLOLEDB;Data Source=${m.host()};User ID=${m.user()};Password=${password}`, password),
    ])();
  },
  'azure connection strings': (m) => {
    const [storage, bus] = [m.base64(64), m.base64(32)];
    return m.pick([
      () => doc(`DefaultEndpointsProtocol=https;AccountName=${m.word()};AccountKey=${storage};EndpointSuffix=core.windows.net`, storage),
      () => doc(`Endpoint=sb://${m.word()}.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${bus}`, bus),
      () => doc(`AccountEndpoint=https://${m.word()}.documents.azure.com:443/;AccountKey=${storage};`, storage),
      () => doc(`HostName=${m.word()}.azure-devices.net;DeviceId=d1;SharedAccessKey=${bus}`, bus),
    ])();
  },
  'signed URLs': (m) => {
    const [signature, short] = [m.hex(64), encodeURIComponent(m.base64(32))];
    return m.pick([
      () =>
        doc(
          `https://${m.word()}.s3.amazonaws.com/a.zip?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`,
          signature,
        ),
      () =>
        doc(
          `https://storage.googleapis.com/${m.word()}/a?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=600&X-Goog-Signature=${m.hex(20)}${signature}`,
          signature,
        ),
      () => doc(`https://${m.word()}.blob.core.windows.net/c/a?sv=2024-11-04&se=2026-01-01&sr=b&sp=r&sig=${short}`, short),
      () =>
        doc(
          `https://${m.word()}.s3.amazonaws.com/a?AWSAccessKeyId=AKIA${m.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}&Expires=1790000000&Signature=${short}`,
          short,
        ),
    ])();
  },
  cloudfront: (m) => {
    const signature = m.slug(80);
    return doc(
      `https://d${m.lower(13)}.cloudfront.net/a.mp4?Expires=1790000000&Signature=${signature}__&Key-Pair-Id=K${m.upper(13)}`,
      signature,
    );
  },
  'webhook URLs': (m) => {
    const key = m.alnum(24);
    return m.pick([
      () => doc(`https://hooks.slack.com/services/T${m.upper(9)}/B${m.upper(9)}/${key}`, key),
      () => {
        const token = m.slug(68);
        return doc(`curl -d '{"content":"hi"}' https://discord.com/api/webhooks/${m.digits(18)}/${token}`, token);
      },
      () => {
        const path = `${m.hex(32)}/${m.uuid()}`;
        return doc(`https://${m.word()}.webhook.office.com/webhookb2/${m.uuid()}@${m.uuid()}/IncomingWebhook/${path}`, path);
      },
      () => {
        const path = m.lower(26);
        return doc(`MATTERMOST_URL: https://mattermost.${m.word()}.io/hooks/${path}`, path);
      },
      () => {
        const path = `${m.digits(7)}/${m.lower(7)}`;
        return doc(`zap: https://hooks.zapier.com/hooks/catch/${path}/`, path);
      },
      () => {
        const token = m.slug(43);
        return doc(`https://chat.googleapis.com/v1/spaces/${m.alnum(11)}/messages?key=AIza${m.slug(35)}&token=${token}%3D`, token);
      },
      () => {
        const token = `${m.digits(9)}:AA${m.slug(33)}`;
        return doc(`https://api.telegram.org/bot${token}/sendMessage?chat_id=1`, token);
      },
    ])();
  },
  'json log': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `{"level":30,"time":"${m.date()}","msg":"request","req":{"body":{"user":"${m.person()}","password":"${password}"},"headers":{"x-api-key":"${key}"}},"id":"${m.uuid()}"}\n`,
      key,
      password,
    );
  },
  logfmt: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `ts=${m.date()} level=debug msg="login" user=${m.person()} password=${password} token=${key} duration=12ms\n`,
      key,
      password,
    );
  },
  'chat and tickets': (m) => {
    const [key, password] = [m.key(), m.password()];
    return m.pick([
      () => doc(`hey, the password is ${password} if you need to get in`, password),
      () => doc(`Password: ${password}\nUser: ${m.person()}\nHost: ${m.host()}`, password),
      () => doc(`can you use this api key: ${key} until friday?`, key),
      () => doc(`The new admin password for ${m.host()} is: ${password}`, password),
      () => doc(`user: ${m.person()} / pass: ${password}`, password),
      () => doc(`creds for staging: ${m.person()} / ${password}`, password),
      () => doc(`login with ${m.person()} and password ${password}, then click Reports`, password),
      () => doc(`here is the token \`${key}\``, key),
      () => doc(`pw: ${password}`, password),
      () => doc(`the API key is "${key}", please rotate it`, key),
      () => doc(`Your temporary password is ${password}. It expires tomorrow.`, password),
      () => doc(`| ${m.host()} | ${m.person()} | password | ${password} |`, password),
      () => doc(`**Password:** \`${password}\``, password),
      () => doc(`secret key = ${key}`, key),
    ])();
  },
  'named services': (m) => {
    const key = m.pick([m.hex(32), m.alnum(32), m.hex(40), m.lower(32)]);
    const vendor = m.pick([
      'datadog',
      'algolia',
      'mailchimp',
      'pagerduty',
      'mapbox',
      'segment',
      'zendesk',
      'fastly',
      'amplitude',
      'mixpanel',
      'bitly',
      'okta',
      'shodan',
      'virustotal',
      'heroku',
      'airbrake',
      'rollbar',
      'bugsnag',
      'intercom',
      'clearbit',
    ]);
    return doc(
      m.pick([
        `${vendor}_api_key: ${key}`,
        `${vendor.toUpperCase()}_TOKEN=${key}`,
        `const ${vendor}Key = '${key}';`,
        `[DEBUG] using ${vendor} key=${key}`,
        `${vendor}.init('${key}')`,
        `${vendor} = "${key}"`,
      ]),
      key,
    );
  },
  'json web tokens': (m) => {
    const token = jwt(m);
    return doc(
      m.pick([`id_token=${token}`, `{"access_token":"${token}","expires_in":3600}`, `got ${token} from ${m.host()}`]),
      token.slice(-43),
      token,
    );
  },
  otpauth: (m) => {
    const secret = m.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 32);
    return doc(`otpauth://totp/${m.title()}:${m.person()}@${m.word()}.dev?secret=${secret}&issuer=${m.title()}`, secret);
  },
  'environment dump': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `HOME=/root\nPATH=/usr/bin:/bin\n${m.word().toUpperCase()}_SECRET=${key}\nSMTP_PASS=${password}\nLANG=C.UTF-8\nSHLVL=1\n`,
      key,
      password,
    );
  },
};
