import { doc, type Kinds } from './document.ts';

/** Source code. */
export const sources: Kinds = {
  typescript: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `import { connect } from './db';\n\nexport const ${m.word()}ApiKey: string = '${key}';\nconst options = { user: '${m.user()}', password: '${password}', port: 5432 };\nawait connect(options);\n`,
      key,
      password,
    );
  },
  'defaults in javascript': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `const secret = process.env.JWT_SECRET || '${key}';\nconst pw = process.env.DB_PASSWORD ?? "${password}";\n`,
        `module.exports = { jwt: process.env['TOKEN_SECRET'] || "${key}", db: { pass: process.env.DB_PASS || '${password}' } };\n`,
        `const { API_KEY = '${key}', DB_PASSWORD = '${password}' } = process.env;\n`,
      ]),
      key,
      password,
    );
  },
  python: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `SECRET_KEY = '${key}'\nDATABASES = {'default': {'USER': '${m.user()}', 'PASSWORD': '${password}', 'HOST': '${m.host()}'}}\n`,
        `api_key = os.environ.get("${m.word().toUpperCase()}_KEY", "${key}")\npassword = os.getenv('DB_PASS', '${password}')\n`,
        `client = Client(api_key="${key}")\nconn = psycopg2.connect(host="${m.host()}", user="${m.user()}", password="${password}")\n`,
        `TOKEN: Final[str] = "${key}"\nself.password = "${password}"\n`,
        `def connect(host, user="${m.user()}", password="${password}", api_token='${key}'):\n    pass\n`,
      ]),
      key,
      password,
    );
  },
  'python traceback': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `Traceback (most recent call last):\n  File "/srv/app/main.py", line ${m.below(400)}, in connect\n    session = Session(user='${m.person()}', password='${password}')\nValueError: bad config Settings(host='${m.host()}', api_key='${key}', timeout=30)\n`,
      key,
      password,
    );
  },
  go: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `const apiToken = "${key}"\n\nfunc main() {\n\tcfg := Config{User: "${m.user()}", Password: "${password}"}\n\t_ = cfg\n}\n`,
        `var (\n\tclientSecret = "${key}"\n\tdbPassword   = "${password}"\n)\n`,
        `os.Setenv("API_SECRET", "${key}")\nreq.SetBasicAuth("${m.person()}", "${password}")\n`,
        `dsn := "${m.user()}:${password}@tcp(${m.host()}:3306)/${m.service()}"\ntoken := \`${key}\`\n`,
      ]),
      key,
      password,
    );
  },
  java: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `private static final String API_KEY = "${key}";\nConnection c = DriverManager.getConnection(url, "${m.user()}", "${password}");\n`,
        `props.setProperty("db.password", "${password}");\nprops.put("auth.token", "${key}");\n`,
        `@Value("\${app.secret:${key}}")\nprivate String secret;\nds.setPassword("${password}");\n`,
        `PasswordAuthentication auth = new PasswordAuthentication("${m.person()}", "${password}".toCharArray());\nconfig.setApiKey("${key}");\n`,
      ]),
      key,
      password,
    );
  },
  'c#': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `public const string ApiSecret = "${key}";\nvar cred = new NetworkCredential("${m.person()}", "${password}");\n`,
        `var conn = new SqlConnection("Data Source=${m.host()};Initial Catalog=${m.service()};User ID=sa;Pwd=${password};");\nclient.DefaultRequestHeaders.Add("X-Api-Key", "${key}");\n`,
      ]),
      key,
      password,
    );
  },
  php: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `<?php\ndefine('DB_PASSWORD', '${password}');\ndefine('AUTH_KEY', '${key}');\n`,
        `$db = new mysqli('${m.host()}', '${m.user()}', '${password}', '${m.service()}');\n$config['encryption_key'] = '${key}';\n`,
        `return ['mysql' => ['username' => '${m.user()}', 'password' => env('DB_PASSWORD', '${password}')], 'key' => '${key}', 'api_secret' => '${key}'];\n`,
        `$apiKey = "${key}";\n$pdo = new PDO("mysql:host=${m.host()};dbname=x", "${m.user()}", "${password}");\n`,
      ]),
      key,
      password,
    );
  },
  ruby: (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `config.secret_key_base = '${key}'\nclient = Mysql2::Client.new(host: "${m.host()}", username: "${m.user()}", password: "${password}")\n`,
        `token = ENV.fetch('API_TOKEN', '${key}')\nENV['DB_PASSWORD'] ||= '${password}'\n`,
        `:api_key => '${key}',\n:password => "${password}"\n`,
      ]),
      key,
      password,
    );
  },
  'rust swift kotlin': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      m.pick([
        `const API_KEY: &str = "${key}";\nlet password = String::from("${password}");\n`,
        `static let apiSecret = "${key}"\nlet password: String = "${password}"\n`,
        `val apiToken = "${key}"\nprivate const val PASSWORD: String = "${password}"\n`,
        `@property NSString *token = @"${key}";\n#define DB_PASSWORD "${password}"\n`,
      ]),
      key,
      password,
    );
  },
  'login calls': (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `client.login("${m.person()}", "${password}")`,
        `smtp.login('${m.person()}@${m.word()}.dev', '${password}')`,
        `requests.get(url, auth=('${m.person()}', '${password}'))`,
        `requests.post(url, auth=HTTPBasicAuth("${m.person()}", "${password}"))`,
        `await page.type('#password', '${password}')`,
        `ftp.login(user="${m.person()}", passwd="${password}")`,
        `axios.get(url, { auth: { username: '${m.person()}', password: '${password}' } })`,
        `await signIn('${m.person()}@${m.word()}.dev', '${password}');`,
        `session.authenticate("${m.person()}", "${password}");`,
        `cy.get('[name=password]').type('${password}')`,
      ]),
      password,
    );
  },
};
