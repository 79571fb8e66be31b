import { doc, type Kinds } from './document.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64');

/** Files of configuration and deployment. */
export const files: Kinds = {
  'env file': (m) => {
    const [key, password] = [m.key(), m.password()];
    const quote = m.pick(['', '"', "'"]);
    const start = m.pick(['', 'export ']);
    return doc(
      `NODE_ENV=production\nPORT=${m.digits(4)}\n${start}${m.word().toUpperCase()}_API_KEY=${quote}${key}${quote}\n${start}DB_PASSWORD=${quote}${password}${quote}\nLOG_LEVEL=info\n`,
      key,
      password,
    );
  },
  yaml: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `database:\n  host: ${m.host()}\n  username: ${m.user()}\n  password: ${m.pick(['', '"', "'"]).replace(/^(.?)$/, (_, q: string) => q + password + q)}\n${m.service()}:\n  client_id: ${m.word()}-web\n  client_secret: ${key}\n`,
      key,
      password,
    );
  },
  toml: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `[server]\nport = 8080\n\n[database]\nuser = "${m.user()}"\npassword = "${password}"\n\n[auth]\njwt_secret = '${key}'\nttl = 3600\n`,
      key,
      password,
    );
  },
  ini: (m) => {
    const password = m.password();
    return doc(`[mysqld]\nport=3306\n[client]\nuser=${m.user()}\npassword=${password}\nhost=${m.host()}\n`, password);
  },
  properties: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `spring.datasource.url=jdbc:postgresql://${m.host()}:5432/${m.service()}\nspring.datasource.username=${m.user()}\nspring.datasource.password=${password}\napp.security.jwt.secret=${key}\nserver.port=8080\n`,
      key,
      password,
    );
  },
  hcl: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `resource "aws_db_instance" "${m.service()}" {\n  engine   = "postgres"\n  username = "${m.user()}"\n  password = "${password}"\n}\n\nvariable "${m.word()}_api_token" {\n  type    = string\n  default = "${key}"\n}\n`,
      key,
      password,
    );
  },
  'terraform state': (m) => {
    const [key, password] = [m.base64(30), m.password()];
    return doc(
      JSON.stringify(
        {
          version: 4,
          serial: m.below(90),
          lineage: m.uuid(),
          resources: [
            {
              type: 'aws_iam_access_key',
              instances: [{ attributes: { id: `AKIA${m.chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`, secret: key, status: 'Active' } }],
            },
            { type: 'random_password', instances: [{ attributes: { length: 20, result: m.word(), bcrypt_hash: null } }] },
            { type: 'aws_db_instance', instances: [{ attributes: { username: 'app', password, port: 5432 } }] },
          ],
        },
        null,
        2,
      ),
      key,
      password,
    );
  },
  'kubernetes secret': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${m.service()}-credentials\n  namespace: prod\ntype: Opaque\ndata:\n  username: ${b64(m.user())}\n  password: ${b64(password)}\n  api-key: ${b64(key)}\n`,
      b64(password),
      b64(key),
    );
  },
  'kubernetes stringData': (m) => {
    const password = m.password();
    return doc(
      `kind: Secret\napiVersion: v1\nmetadata: { name: ${m.word()} }\nstringData:\n  POSTGRES_USER: ${m.user()}\n  POSTGRES_PASSWORD: ${password}\n`,
      password,
    );
  },
  'container environment': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `    spec:\n      containers:\n        - name: ${m.service()}\n          env:\n            - name: MYSQL_ROOT_PASSWORD\n              value: "${password}"\n            - name: ${m.word().toUpperCase()}_TOKEN\n              value: ${key}\n`,
      key,
      password,
    );
  },
  'docker compose': (m) => {
    const password = m.password();
    return doc(
      `services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_USER=${m.user()}\n      - POSTGRES_PASSWORD=${password}\n    ports:\n      - "5432:5432"\n`,
      password,
    );
  },
  'docker config': (m) => {
    const auth = b64(`${m.person()}:${m.password()}`);
    return doc(JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth } }, credsStore: '' }, null, 2), auth);
  },
  dockerfile: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `FROM node:22-slim\nWORKDIR /app\nARG NPM_TOKEN=${key}\nENV DB_PASSWORD ${password}\nRUN npm ci\nCMD ["node", "server.js"]\n`,
      key,
      password,
    );
  },
  'github actions': (m) => {
    const key = m.key();
    return doc(
      `jobs:\n  deploy:\n    runs-on: ubuntu-latest\n    env:\n      REGISTRY: ghcr.io\n      DEPLOY_TOKEN: ${key}\n      OTHER: \${{ secrets.OTHER_TOKEN }}\n    steps:\n      - uses: actions/checkout@v4\n`,
      key,
    );
  },
  'gitlab ci': (m) => {
    const password = m.password();
    return doc(
      `variables:\n  CI_REGISTRY_USER: ${m.user()}\n  DEPLOY_PASSWORD: "${password}"\nbuild:\n  stage: build\n  script:\n    - docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY\n`,
      password,
    );
  },
  jenkinsfile: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `pipeline {\n  environment {\n    SONAR_TOKEN = '${key}'\n  }\n  stages { stage('deploy') { steps { sh "sshpass -p '${password}' ssh ${m.person()}@${m.host()} uptime" } } }\n}\n`,
      key,
      password,
    );
  },
  'maven settings': (m) => {
    const password = m.password();
    return doc(
      `<settings>\n  <servers>\n    <server>\n      <id>${m.word()}-releases</id>\n      <username>${m.person()}</username>\n      <password>${password}</password>\n    </server>\n  </servers>\n</settings>\n`,
      password,
    );
  },
  'web.config': (m) => {
    const [password, key] = [m.password(), m.key()];
    return doc(
      `<configuration>\n  <connectionStrings>\n    <add name="Main" connectionString="Server=${m.host()};Database=${m.service()};User Id=${m.user()};Password=${password};Encrypt=True" providerName="System.Data.SqlClient" />\n  </connectionStrings>\n  <appSettings>\n    <add key="${m.title()}ApiKey" value="${key}" />\n  </appSettings>\n</configuration>\n`,
      password,
      key,
    );
  },
  'appsettings.json': (m) => {
    const [password, key] = [m.password(), m.base64(32)];
    return doc(
      JSON.stringify(
        {
          ConnectionStrings: { Default: `Host=${m.host()};Port=5432;Username=${m.user()};Password=${password}` },
          Jwt: { Issuer: m.word(), Key: key },
        },
        null,
        2,
      ),
      password,
      key,
    );
  },
  'npmrc and pypirc': (m) => {
    const [key, password] = [m.key(), m.password()];
    return m.below(2) === 0
      ? doc(`registry=https://npm.${m.word()}.io/\n//npm.${m.word()}.io/:_authToken=${key}\nalways-auth=true\n`, key)
      : doc(
          `[distutils]\nindex-servers =\n    ${m.word()}\n\n[${m.word()}]\nrepository = https://pypi.${m.word()}.io/\nusername = ${m.person()}\npassword = ${password}\n`,
          password,
        );
  },
  'nuget gradle cargo': (m) => {
    const [key, password] = [m.key(), m.password()];
    return m.pick([
      () =>
        doc(
          `<packageSourceCredentials>\n  <${m.word()}>\n    <add key="Username" value="${m.person()}" />\n    <add key="ClearTextPassword" value="${password}" />\n  </${m.word()}>\n</packageSourceCredentials>`,
          password,
        ),
      () =>
        doc(`org.gradle.jvmargs=-Xmx2g\nsigning.keyId=${m.upper(8)}\nsigning.password=${password}\nossrhPassword=${key}\n`, password, key),
      () => doc(`[registries.${m.word()}]\nindex = "sparse+https://${m.host()}/index/"\n\n[registry]\ntoken = "${key}"\n`, key),
    ])();
  },
  netrc: (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `machine ${m.host()} login ${m.person()} password ${password}\n`,
        `machine ${m.host()}\n  login ${m.person()}\n  password ${password}\n`,
      ]),
      password,
    );
  },
  pgpass: (m) => {
    const password = m.password();
    return doc(`# ~/.pgpass\n${m.host()}:5432:${m.service()}:${m.user()}:${password}\n`, password);
  },
  'htpasswd and shadow': (m) => {
    const salt = m.chars('./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 53);
    const hash = m.pick([
      `$2y$10$${salt}`,
      `$2b$12$${salt}`,
      `$6$${m.alnum(16)}$${m.chars('./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 86)}`,
      `$apr1$${m.alnum(8)}$${m.alnum(22)}`,
      `$argon2id$v=19$m=65536,t=3,p=4$${m.base64(16).replace(/=+$/, '')}$${m.base64(32).replace(/=+$/, '')}`,
      `$y$j9T$${m.alnum(22)}$${m.alnum(43)}`,
    ]);
    return doc(
      m.pick([
        `${m.person()}:${hash}\n`,
        `${m.person()}:${hash}:19000:0:99999:7:::\n`,
        `INSERT INTO users VALUES (${m.below(99)}, '${m.person()}', '${hash}');\n`,
      ]),
      hash,
    );
  },
  redis: (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `port 6379\nbind 127.0.0.1\nrequirepass ${password}\nappendonly yes\n`,
        `masterauth ${password}\n`,
        `requirepass "${password}"\n`,
        `127.0.0.1:6379> AUTH ${password}\nOK\n`,
        `127.0.0.1:6379> CONFIG SET requirepass ${password}\nOK\n`,
      ]),
      password,
    );
  },
  wireguard: (m) => {
    const key = m.base64(32);
    return doc(
      `[Interface]\nAddress = 10.0.0.2/32\nPrivateKey = ${key}\n\n[Peer]\nPublicKey = ${m.base64(32)}\nEndpoint = ${m.host()}:51820\n`,
      key,
    );
  },
  'json in json': (m) => {
    const [key, password] = [m.key(), m.password()];
    const inner = JSON.stringify({ host: m.host(), password, api_key: key });
    return doc(
      JSON.stringify({ level: 'debug', message: `loaded ${inner}`, config: m.below(2) === 0 ? inner : JSON.stringify({ inner }) }),
      key,
      password,
    );
  },
  'ansible and puppet': (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `[web]\n${m.host()} ansible_user=${m.person()} ansible_ssh_pass=${password}\n`,
        `- name: create user\n  mysql_user:\n    name: ${m.user()}\n    login_password: "${password}"\n    state: present\n`,
        `class { 'mysql::server':\n  root_password => '${password}',\n}\n`,
      ]),
      password,
    );
  },
  'wifi and ppp': (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `network={\n  ssid="${m.word()}"\n  psk="${password}"\n}\n`,
        `[wifi-security]\nkey-mgmt=wpa-psk\npsk=${password}\n`,
        `interface wlan0\nwpa_passphrase=${password}\n`,
      ]),
      password,
    );
  },
};
