import { benign, doc, type Document, type Kinds, lines } from './document.ts';
import type { Maker } from './maker.ts';

/** A password that looks like nothing else: without a sign beside its name no other counts. */
const strong = (m: Maker): string => `${m.title()}${m.pick(['-', '_', '!', '#'])}${m.title()}${m.digits(m.between(2, 4))}`;

/** A table of three to six rows, and the values in it. */
function table(m: Maker, head: string, row: (value: string, index: number) => string, foot = ''): Document {
  const values = Array.from({ length: m.between(3, 6) }, () => strong(m));
  return doc(`${head}\n${values.map(row).join('\n')}\n${foot}`, ...values);
}

/** Tables, labels, comparisons and sentences. */
export const tables: Kinds = {
  'rows of a table': (m) =>
    m.pick([
      () => table(m, 'name,url,username,password', (value) => `${m.word()},https://${m.host()},${m.person()},${value}`),
      () => table(m, 'user\tpassword\thost', (value) => `${m.person()}\t${value}\t${m.host()}`),
      () => table(m, ' id | name | password\n----+------+----------', (value, i) => `  ${i} | ${m.person()} | ${value}`),
      () => table(m, '| Server | Password |\n|--------|----------|', (value) => `| ${m.host()} | \`${value}\` |`),
    ])(),
  comparisons: (m) => {
    const password = strong(m);
    return doc(
      m.pick([
        `if (password.equals("${password}")) return true;`,
        `if (strcmp(password, "${password}") == 0) {`,
        `expect(config.password).toBe('${password}');`,
        `assert user.password == "${password}"`,
      ]),
      password,
    );
  },
  labels: (m) => {
    const password = strong(m);
    return doc(
      m.pick([
        `<tr><td>Password</td><td>${password}</td></tr>`,
        `<b>Password:</b> ${password}`,
        `*Password:* ${password}`,
        `password\t${password}\n`,
        `Password          ${password}\n`,
      ]),
      password,
    );
  },
  sentences: (m) => {
    const [password, key] = [strong(m), m.alnum(36)];
    return m.pick([
      () => doc(`I changed the password to ${password} today`, password),
      () => doc(`here are the credentials: ${m.person()} / ${password}`, password),
      () => doc(`A temporary password is generated for root@localhost: ${password}\n`, password),
      () => doc(`${m.date()} WARN invalid API key provided: ${key}\n`, key),
      () => doc(`Password for the ${m.person()} user:\n  ${password}\n`, password),
    ])();
  },
  'signing calls': (m) => {
    const [password, key] = [strong(m), m.key()];
    return m.pick([
      () => doc(`const token = jwt.sign({ id }, '${key}', { expiresIn: '1h' });`, key),
      () => doc(`crypto.createHmac('sha256', '${key}').update(body)`, key),
      () => doc(`bcrypt.hashSync('${password}', 10)`, password),
      () => doc(`keyStore.load(stream, "${password}".toCharArray());`, password),
    ])();
  },
};

/** The same without secrets. */
export const plainTables: Kinds = {
  'plain tables': benign((m) =>
    m.pick([
      `name,email,password_set\n${lines(m, 2, 5, () => `${m.person()},${m.person()}@${m.word()}.dev,true`)}`,
      `model,tokens,cost\n${lines(m, 2, 5, () => `${m.word()}-5,${m.digits(4)},0.${m.digits(2)}`)}`,
      `| Name | Password |\n|---|---|\n| least | ${m.digits(2)} characters |\n`,
      `<td>Password</td><td>required</td>\n<label for="password1">Password:</label> <input id="password1">\n`,
    ]),
  ),
  'plain sentences': benign((m) =>
    lines(m, 2, 5, () =>
      m.pick([
        'change the password to comply with policy2',
        `Failed password for root from 10.0.0.${m.below(250)} port ${m.digits(5)} ssh2`,
        'the password is hashed with SHA256, the key is 32 bytes long',
        'token received from the server',
        `password.equals(confirm) || strcmp(password, other)`,
        'jwt.verify(token, publicKey, { algorithms: ["RS256"] })',
        'credentials are cached in /tmp/krb5cc_1000',
      ]),
    ),
  ),
};
