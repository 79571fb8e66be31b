import { describe, expect, test } from 'vitest';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { isGone, numbers, token } from './samples.ts';

const redactor = createRedactor({ known: createKnownValues() });
const next = numbers(42);
const hex = (length: number): string => Array.from({ length }, () => '0123456789abcdef'[Math.floor(next() * 16)]).join('');
const key = token('', 36, next);
const password = ['Tr0ub4', 'dor&3x'].join('');

describe('D1 secrets found by what stands around them', () => {
  test.each([
    ['ini', `api_token = ${key}`, key],
    ['quoted', `acmeToken := "${key}"`, key],
    ['typed', `var acmeToken string = "${key}"`, key],
    ['make', `ACME_TOKEN ?= ${key}`, key],
    ['JSON', `{"client_secret" : "${key}"}`, key],
    ['JSON in JSON', JSON.stringify({ config: JSON.stringify({ secretKey: key }) }), key],
    ['YAML', `  password: ${password}`, password],
    ['XML', `<serviceToken>\n   ${key}\n</serviceToken>`, key],
    ['XML attributes', `<add key="Password" value="${password}" />`, password],
    ['call', `System.setProperty("API_TOKEN", "${key}")`, key],
    ['default', `const token = process.env.ACME_TOKEN || "${key}"`, key],
    ['prose', `the password is ${password}.`, password],
    ['header', `x-api-key: ${key}`, key],
    ['authorization', `authorization: ApiKey ${key}`, key],
    ['query', `GET /v1?access_token=${key}&page=2`, key],
    ['flag', `deploy --api-key ${key} --force`, key],
    ['curl', `curl -u ana:${password} https://example.org/`, password],
    ['docker', `docker login -u ana -p ${password} registry.example.org`, password],
    ['SQL', `CREATE USER ana IDENTIFIED BY '${password}'`, password],
    ['netrc', `machine example.org login ana password ${password}`, password],
    ['connection string', `Server=db;User Id=sa;Password=${password};Encrypt=true`, password],
    ['mysql', `mysql -h db.example.net -u root -p${password} shop < dump.sql`, password],
    ['psql', `PGPASSWORD=${password} psql -h db.example.net`, password],
    ['sshpass', `sshpass -p '${password}' ssh ana@host.example.net`, password],
    ['redis', `port 6379\nrequirepass ${password}\n`, password],
    ['redis-cli', `redis-cli -h cache.example.net -a ${password} ping`, password],
    ['piped', `echo ${password} | docker login --username ana --password-stdin`, password],
    ['openssl', `openssl enc -aes-256-cbc -in a -out b -pass pass:${password}`, password],
    ['keytool', `keytool -genkey -alias a -storepass ${password}`, password],
    ['PowerShell', `$p = ConvertTo-SecureString "${password}" -AsPlainText -Force`, password],
    ['PowerShell pipe', `'${password}' | ConvertTo-SecureString -AsPlainText`, password],
    ['setx', `setx API_PASSWORD "${password}"`, password],
    ['Dockerfile', `FROM node\nENV DB_PASSWORD ${password}\n`, password],
    ['container environment', `- name: DB_PASSWORD\n  value: ${password}\n`, password],
    ['Terraform default', `variable "api_token" {\n  type    = string\n  default = "${key}"\n}`, key],
    ['wifi', `network={\n  psk="${password}"\n}`, password],
    ['netrc in lines', `machine example.org\n  login ana\n  password ${password}\n`, password],
    ['pgpass', `db.example.net:5432:shop:ana:${password}\n`, password],
    [
      'Kubernetes data',
      `kind: Secret\ndata:\n  password: ${Buffer.from(password).toString('base64')}\n`,
      Buffer.from(password).toString('base64'),
    ],
    ['environment word', 'export SMTP_PASSWORD=butterscotch\n', 'butterscotch'],
    ['login call', `client.login("ana", "${password}")`, password],
    ['auth pair', `requests.get(url, auth=('ana', '${password}'))`, password],
    ['third argument', `new mysqli('db.example.net', 'ana', '${password}', 'shop')`, password],
    ['setter', `ds.setPassword("${password}");`, password],
    ['wrapped', `let password = String::from("${password}");`, password],
    ['typed in', `cy.get('[name=password]').type('${password}')`, password],
    ['default of an environment variable', `os.environ.get("ACME_KEY", "${key}")`, key],
    ['default after ??', `const pw = process.env.DB_PASSWORD ?? "${password}"`, password],
    ['Go data source', `dsn := "ana:${password}@tcp(db.example.net:3306)/shop"`, password],
    ['Oracle', `jdbc:oracle:thin:scott/${password}@db.example.net:1521/x`, password],
    ['SQL row', `INSERT INTO users (id, name, password) VALUES (7, 'ana', '${password}');`, password],
    ['SQL login', `CREATE LOGIN ana WITH PASSWORD = N'${password}';`, password],
    ['digest', `Authorization: Digest username="ana", realm="x", uri="/", response="${hex(32)}"`, ''],
    ['JSON Web Key', `{"kty":"EC","crv":"P-256","d":"${key}abcdefg","x":"y"}`, `${key}abcdefg`],
    ['password hash', `ana:$2b$12$${token('', 53, next)}`, ''],
    ['signed URL', `https://d1.cloudfront.net/a?Expires=1&Signature=${key}__&Key-Pair-Id=K1`, key],
    ['prose with a place', `The password for the reports page is: ${password}`, password],
    ['prose with a user', `log in with user ana and password ${password} please`, password],
    ['credentials in a ticket', `creds for staging: ana / ${password}`, password],
    ['Markdown', `**Password:** \`${password}\``, password],
    ['many signs', 'apikey = "m{{h}o)p${e]nob(ody[f>-_$#one}}"', 'm{{h}o)p${e]nob(ody[f>-_$#one}}'],
    ['router', `username ana password 7 ${password}`, password],
    ['router, enabled', `enable password level 15 ${password}`, password],
    ['router, key', `pac key 0 ${password}`, password],
    ['community', `snmp-server community ${password} RW`, password],
    ['directive of a secret', `  private_key '${key}';`, key],
    ['word in a connection string', 'Server=db;User ID=shop;Password=butterscotch;Encrypt=true', 'butterscotch'],
    ['environment word, commented out', '# SMTP_PASSWORD=butterscotch\n', 'butterscotch'],
    ['strings as PHP serializes them', `a:1:{s:8:"password";s:${password.length}:"${password}";}`, password],
    ['braces of C++', `std::string accountKey{\n  "${key}"};`, key],
    ['parameters of a deployment', `"storageAccountKey": {\n  "value": "${key}"\n}`, key],
    ['wrapped line', `String API_KEY\n    = "${key}";`, key],
    ['assertion', `assert.equal(parsed['AccountKey'], '${key}');`, key],
    ['glued name', `azurestorageaccountkey: ${key}`, key],
    ['Perl', `DBI->connect("dbi:mysql:shop", "ana", "${password}")`, password],
    ['encrypted by Jenkins', `<secret>{AQAAABAAAA ${key}}</secret>`, key],
    ['key of a service', `anypoint_key = "${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}"`, ''],
    [
      'seed phrase',
      'MNEMONIC="legal winner thank year wave sausage worth useful legal winner thank yellow"',
      'legal winner thank year wave sausage',
    ],
    ['abbreviated', `shop_pw = "${password}"`, password],
    ['API key of a login', `{"method":"auth.login_with_api_key", "params":["8-${key}"]}`, key],
    ['braces that are no template', `api_key = "{{${key.slice(0, 9)}}%${key.slice(9)}$[_+"`, key.slice(9)],
    ['system property', `-Dsonar.login=${key}`, key],
    ['service with a number', `facebook 1308742762612587|${token('', 27, next)}`, ''],
    ['service', `algolia = '${hex(32)}'`, ''],
    ['service in a log', `[DEBUG] virustotal api ${hex(64)}`, ''],
    ['twilio', `account SK${hex(32)}`, ''],
    ['airtable', `pat${token('', 14, next)}.${hex(64)}`, ''],
  ])('D1 %s', (_, text, secret) => {
    const out = redactor.text(text).text;
    expect(out).toContain('[redacted:');
    expect(secret === '' || isGone(out, secret)).toBe(true);
    expect(redactor.text(out).text).toBe(out);
  });
});

describe('D1 ordinary text stays as it is', () => {
  test.each([
    ['references', 'token: ${{ secrets.TOKEN }} password=$PASSWORD api_key: <your-api-key> secret = process.env.SECRET'],
    ['code', 'const token = await getToken(session); password: string; if (key === other.key) return authToken.value;'],
    ['usage', '{"usage":{"input_tokens":177869,"output_tokens":191092,"max_tokens":4096,"total_tokens":368961}}'],
    [
      'identifiers',
      `run ${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)} commit ${hex(40)} etag W/"${hex(16)}" session_id=abc-${hex(12)}`,
    ],
    ['locks', `"integrity": "sha512-${Buffer.from(hex(64)).toString('base64')}", resolved sha256:${hex(64)}`],
    ['files', 'at Object.getToken (/srv/app/node_modules/@auth/core/dist/token-store.js:169:41)'],
    ['object ids', `"parent":"msg_01${token('', 22, next)}", tool_use_id=toolu_01${token('', 22, next)}`],
    ['URLs', 'https://${user}:${password}@example.org/ https://example.org/a?b=c#d git@github.com:cli/cli.git'],
    ['keys of tables', 'primary key (id), foreign key (tenant_id) references tenants(id); key: value; hotkey=ctrl+shift+p'],
    [
      'names in lists',
      `pick(user, ['username', 'password', 'created_at']); argon2('password', 'salt'); ["token","key","password"],"mappings"`,
    ],
    ['labels', '{"password":"Passwort","confirmPassword":"Confirm your password","login.password":"Contraseña","pass":"fail"}'],
    ['fields of forms', '<input type="password" name="password" autocomplete="current-password"> <Password value={password} />'],
    ['calls and types', 'password = randomBytes(24).toString("base64url"); def check(raw_password: str) -> bool; pw: Optional[str] = None'],
    ['minified', '!function(e,t){var n=t.key,r=e.token||0;e.pass=!0,i={token:n,key:r,pass:!1}}(window,{pass:!0});'],
    ['tags of YAML', 'password: !vault |\ntoken: !Ref ApiToken\n'],
    ['headers in code', 'const cookie = require("cookie"); authorization: z.string().optional(); the cookie is stored; "cookie": "^0.7.1"'],
    [
      'usage of commands',
      'usage: login [--username USER] [--password PASSWORD]; mysql -u root -p; ssh -p 2222 host; docker run -p 8080:80 -u 1000:1000',
    ],
    ['sums of files', `{"/src/auth/token.ts":"${hex(40)}","/src/password.ts":"${hex(40)}"}`],
    ['stand-ins for tokens', `ghp_${'x'.repeat(36)} sk-${'x'.repeat(24)} AKIAIOSFODNN7${'EXAMPLE'} token_type=Bearer expires_in=3600`],
    [
      'strings put together',
      'auth("user:" + p); userPassword = "application:" + key; echo \'password = \'.$p["a"]; export PW="\'$OTHER\'"; pass || "not-set"',
    ],
    ['a URL of stand-ins', 'mongodb+srv://<user>:<password>@cluster.example.net'],
    ['braces in code', 'if (!password) { "x" } type Props = { token: string }; function token() { "use strict"; } .password { "a" }'],
    ['braces in JSX', '<Password>{user.password2}</Password> <Token>{process.env.REACT_APP_TOKEN_V2}</Token> <secret>{name}</secret>'],
    ['words about words', 'mnemonic: a device that helps people remember, as many words here as a seed phrase: twelve or more'],
    ['names of style sheets', 'this.addPassword = "#add-password"; passwordLabel:"Password:",rememberMeLabel:"Remember me:"'],
    ['templates', 'password: "{{ .Values.db.password }}" api_key: {{api_key}} token = "{{#if a}}b{{/if}}" "password": "&lt;YOURPASS1&gt;"'],
    ['members', 'self.password = form.password; key = win32api.RegEnumKey; secret: config.session.secret'],
    ['a stand-in for a key block', '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----'],
    ['an image', `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${Buffer.from(hex(90), 'hex').toString('base64')}`],
  ])('D1 %s', (_, text) => {
    expect(redactor.text(text)).toEqual({ text, masked: [] });
  });
});
