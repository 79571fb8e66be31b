import { doc, type Kinds } from './document.ts';

/** Command lines, shell history, SQL. */
export const commands: Kinds = {
  'curl user': (m) => {
    const password = m.password();
    const pair = `${m.person()}:${password}`;
    return doc(
      m.pick([
        `curl -u ${pair} https://${m.host()}/v1/items`,
        `$ curl -s --user "${pair}" https://${m.host()}/`,
        `curl -sSfu '${pair}' https://${m.host()}/x | jq .`,
      ]),
      password,
    );
  },
  'curl header': (m) => {
    const key = m.key();
    return doc(
      m.pick([
        `curl -H "Authorization: Bearer ${key}" https://${m.host()}/v1`,
        `curl -X POST -H 'X-Api-Key: ${key}' -d '{"a":1}' https://${m.host()}/v1`,
        `http GET ${m.host()}/items "Authorization:Token ${key}"`,
      ]),
      key,
    );
  },
  'mysql and psql': (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `mysql -h ${m.host()} -u ${m.user()} -p${password} ${m.service()} < dump.sql`,
        `mysqldump --single-transaction -u${m.user()} -p'${password}' ${m.service()} > out.sql`,
        `PGPASSWORD=${password} psql -h ${m.host()} -U ${m.user()} -d ${m.service()} -c 'select 1'`,
        `PGPASSWORD='${password}' pg_dump -h ${m.host()} ${m.service()}`,
        `MYSQL_PWD=${password} mysqladmin -u root status`,
        `mongosh "${m.host()}" -u ${m.user()} -p ${password} --authenticationDatabase admin`,
        `sqlcmd -S ${m.host()} -U sa -P ${password} -Q "select 1"`,
        `redis-cli -h ${m.host()} -a ${password} ping`,
      ]),
      password,
    );
  },
  'login commands': (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `docker login -u ${m.person()} -p ${password} registry.${m.word()}.io`,
        `docker login --username ${m.person()} --password ${password} ghcr.io`,
        `sshpass -p '${password}' ssh ${m.person()}@${m.host()}`,
        `sshpass -p${password} scp out.tar ${m.person()}@${m.host()}:/srv`,
        `az login -u ${m.person()}@${m.word()}.dev -p ${password}`,
        `helm registry login ${m.host()} --username ${m.person()} --password=${password}`,
        `echo ${password} | docker login --username ${m.person()} --password-stdin`,
        `oc login ${m.host()} -u ${m.person()} -p ${password}`,
        `htpasswd -cb .htpasswd ${m.person()} ${password}`,
        `net use Z: \\\\${m.word()}\\share /user:${m.person()} ${password}`,
      ]),
      password,
    );
  },
  flags: (m) => {
    const [key, password] = [m.key(), m.password()];
    return m.pick([
      () => doc(`./${m.service()} serve --port 8080 --password ${password} --verbose`, password),
      () => doc(`${m.service()} deploy --api-key=${key} --region eu`, key),
      () => doc(`java -jar ${m.service()}.jar --spring.datasource.password=${password}`, password),
      () => doc(`java -Djavax.net.ssl.keyStorePassword=${password} -jar app.jar`, password),
      () => doc(`${m.word()}ctl login --token "${key}"`, key),
      () => doc(`keytool -genkey -alias ${m.word()} -storepass ${password} -keypass ${password}`, password),
      () => doc(`openssl enc -aes-256-cbc -in a -out b -pass pass:${password}`, password),
      () => doc(`terraform apply -var db_password=${password} -auto-approve`, password),
      () => doc(`gpg --batch --passphrase ${password} -d file.gpg`, password),
      () => doc(`zip -P ${password} out.zip a b`, password),
    ])();
  },
  'kubectl secret': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `kubectl create secret generic ${m.service()} --from-literal=password=${password} --from-literal=api-token='${key}' -n prod`,
      key,
      password,
    );
  },
  'shell history': (m) => {
    const [key, password] = [m.key(), m.password()];
    return doc(
      `  501  cd /srv/${m.service()}\n  502  export ${m.word().toUpperCase()}_SECRET_KEY="${key}"\n  503  git pull\n  504  mysql -u root -p${password}\n  505  ls -la\n`,
      key,
      password,
    );
  },
  powershell: (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `$pw = ConvertTo-SecureString "${password}" -AsPlainText -Force\n$cred = New-Object System.Management.Automation.PSCredential ("${m.person()}", $pw)`,
        `$password = '${password}' | ConvertTo-SecureString -AsPlainText -Force`,
        `$env:DB_PASSWORD = "${password}"`,
        `[Environment]::SetEnvironmentVariable("SMTP_PASSWORD", "${password}", "User")`,
        `ConvertTo-SecureString -String '${password}' -AsPlainText -Force`,
      ]),
      password,
    );
  },
  'windows batch': (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `set DB_PASSWORD=${password}\r\necho ready`,
        `setx API_PASSWORD "${password}"`,
        `schtasks /create /tn job /ru ${m.person()} /rp ${password}`,
      ]),
      password,
    );
  },
  sql: (m) => {
    const password = m.password();
    return doc(
      m.pick([
        `CREATE USER '${m.user()}'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO '${m.user()}'@'%';`,
        `ALTER USER ${m.user()} WITH PASSWORD '${password}';`,
        `CREATE ROLE ${m.user()} LOGIN PASSWORD '${password}';`,
        `CREATE LOGIN ${m.user()} WITH PASSWORD = N'${password}';`,
        `SET PASSWORD FOR '${m.user()}'@'localhost' = PASSWORD('${password}');`,
        `ALTER USER ${m.user()} IDENTIFIED BY "${password}" ACCOUNT UNLOCK;`,
        `INSERT INTO users (name, password) VALUES ('${m.person()}', '${password}');`,
        `UPDATE users SET password = '${password}' WHERE id = ${m.below(900)};`,
      ]),
      password,
    );
  },
};
