import { alnum, chars, format, hex, word } from './format.ts';

const aws = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids';
const sigv4 = 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html';
const azure = 'https://learn.microsoft.com/en-us/purview/sit-defn-all-creds';
const google = 'https://cloud.google.com/docs/authentication';
const b64 = 'A-Za-z0-9+/=';

/** Clouds: AWS, Azure, Google, Alibaba, Tencent, IBM, Yandex, DigitalOcean, Cloudflare. */
export const clouds = [
  format('aws-key-id', aws, [['AKIA', 'ASIA', 'ABIA', 'ACCA'], chars('A-Z2-7', 16)], { exact: true }),
  format('aws-key-id', aws, ['AKIA', chars('A-Z0-9', 16)], { exact: true, glued: false }),
  format('aws-key-id', aws, ['A3T', chars('A-Z0-9', 17)], { exact: true, glued: false }),
  format('aws-appsync-key', 'https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html', ['da2-', chars('a-z0-9', 26)], {
    exact: true,
    glued: false,
  }),
  format('aws-bedrock-key', 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html', ['ABSK', chars(b64, 109, 280)]),
  format('aws-bedrock-key', 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html', [
    'bedrock-api-key-',
    chars(b64, 16, 2000),
  ]),
  format('aws-session-token', aws, [['FwoGZXIvYXdz', 'IQoJb3JpZ2lu'], chars(b64, 60, 2000)], { glued: false }),
  format('aws-signature', sigv4, [['X-Amz-Signature=', 'X-Amz-Credential=', 'X-Amz-Security-Token='], chars('A-Za-z0-9%/+=_-', 16, 2000)]),
  format('aws-mws-token', 'https://docs.developer.amazonservices.com/', ['amzn.mws.', chars('a-f0-9-', 36)]),
  format('amazon-oauth-secret', 'https://developer.amazon.com/docs/login-with-amazon/', [
    ['amzn1.oa2-cs.v1.', 'amzn1.application-oa2-client.'],
    hex(32, 64),
  ]),
  format('azure-storage-key', azure, [['AccountKey=', 'SharedAccessKey=', 'SharedSecretKey='], chars(b64, 40, 88)], { ignoreCase: true }),
  format('azure-sas-signature', azure, [['&sig=', '?sig=', ';sig='], chars('A-Za-z0-9%+/=_-', 24, 120)]),
  format('azure-function-key', azure, [
    ['azurewebsites.net/api/'],
    chars('A-Za-z0-9/_-', 1, 80),
    '?code=',
    chars('A-Za-z0-9%+/=_-', 20, 120),
  ]),
  format('azure-devops-token', azure, [alnum(76), 'AZDO', alnum(4)]),
  format('azure-key', azure, [alnum(52), 'JQQJ99', alnum(26)]),
  format(
    'azure-client-secret',
    azure,
    [chars('A-Za-z0-9_~.-', 3), ['0Q~', '1Q~', '2Q~', '3Q~', '4Q~', '5Q~', '6Q~', '7Q~', '8Q~', '9Q~'], chars('A-Za-z0-9_~.-', 31, 34)],
    { exact: true },
  ),
  format('azure-storage-key', azure, [chars('A-Za-z0-9+/', 74, 80), '+ASt', chars(b64, 8, 10)]),
  format('google-api-key', google, ['AIza', chars('A-Za-z0-9_-', 35)], { glued: false, exact: true }),
  format('google-oauth-token', google, ['ya29.', chars('A-Za-z0-9_.-', 20, 300)]),
  format('google-client-secret', google, ['GOCSPX-', word(24, 30)]),
  format('google-refresh-token', google, ['1//0', word(30, 120)], { glued: false }),
  format('google-authorization-code', google, ['4/0A', word(40, 100)], { glued: false }),
  format('gcp-access-key', google, ['GOOG', chars('A-Z0-9', 20, 60)], { glued: false }),
  format('firebase-server-key', 'https://firebase.google.com/docs/cloud-messaging', ['AAAA', word(7), ':APA91b', word(60, 160)], {
    glued: false,
  }),
  format('alibaba-key-id', 'https://www.alibabacloud.com/help/en/ram/', ['LTAI', alnum(12, 26)], { glued: false }),
  format('tencent-key-id', 'https://www.tencentcloud.com/document/product/598', ['AKID', alnum(32)], { glued: false }),
  format('huawei-key', 'https://support.huaweicloud.com/', ['HWI-', alnum(30, 60)]),
  format(
    'yandex-token',
    'https://yandex.cloud/en/docs/iam/concepts/authorization/',
    ['t1.', chars('A-Z0-9a-z_-', 20, 300), '.', chars('A-Z0-9a-z_=-', 60, 90)],
    { glued: false },
  ),
  format('yandex-key', 'https://yandex.cloud/en/docs/iam/concepts/authorization/', ['AQVN', word(35, 38)], { glued: false }),
  format('digitalocean-token', 'https://docs.digitalocean.com/reference/api/create-personal-access-token/', [
    ['dop_v1_', 'doo_v1_', 'dor_v1_', 'dosp_v1_'],
    hex(64),
  ]),
  format('cloudflare-token', 'https://developers.cloudflare.com/fundamentals/api/get-started/', [
    ['cfat_', 'cfut_', 'cfk_', 'cfoat_', 'cfort_', 'cfsat_'],
    word(32, 64),
  ]),
  format('cloudflare-origin-ca-key', 'https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/', [
    'v1.0-',
    hex(24),
    '-',
    hex(146),
  ]),
  format('oracle-ocid-key', 'https://docs.oracle.com/en-us/iaas/', ['ocid1.credential.', chars('a-z0-9.-', 40, 120)]),
  format('ibm-iam-key', 'https://cloud.ibm.com/docs/account?topic=account-userapikey', ['ApiKey-', chars('a-f0-9-', 36)]),
  format('scaleway-key', 'https://www.scaleway.com/en/docs/iam/', ['SCW', chars('A-Z0-9', 17)], { glued: false, exact: true }),
  format('linode-token', 'https://techdocs.akamai.com/linode-api/', ['lin_pat_', alnum(40, 64)]),
  format('vultr-key', 'https://www.vultr.com/api/', ['VULTR_', chars('A-Z0-9', 36)]),
  format('hetzner-token', 'https://docs.hetzner.cloud/', ['hcloud_', alnum(50, 70)]),
  format('akamai-credential', 'https://techdocs.akamai.com/developer/docs/edgegrid', [
    ['akab-'],
    chars('a-z0-9', 16),
    '-',
    chars('a-z0-9', 16),
  ]),
  format('google-api-key', google, ['AQ.Ab', word(40, 60)], { glued: false }),
  format('azure-cosmos-key', azure, [chars('A-Za-z0-9+/', 76), 'ACDb', chars('A-Za-z0-9+/', 6), '==']),
  format('azure-service-bus-key', azure, [
    chars('A-Za-z0-9+/', 33),
    ['+ASb', '+AEh', '+ARm', 'AIoT', 'AzCa', 'AZEG'],
    chars('A-Za-z0-9+/', 6),
    '=',
  ]),
  format('azure-batch-key', azure, [chars('A-Za-z0-9+/', 76), ['+ABa', '+AMC', 'APIM'], chars('A-Za-z0-9+/', 6), '==']),
  format('azure-function-key', azure, [word(44), 'AzFu', word(6), '==']),
  format('azure-search-key', azure, [alnum(42), 'AzSe', alnum(6)]),
  format('azure-registry-password', azure, [chars('A-Za-z0-9+/', 42), '+ACR', alnum(6)]),
  format('azure-app-configuration', 'https://learn.microsoft.com/en-us/azure/azure-app-configuration/howto-best-practices', [
    ';Secret=',
    chars(b64, 40, 100),
  ]),
  format('digitalocean-spaces-key', 'https://docs.digitalocean.com/products/spaces/how-to/manage-access/', ['DO00', chars('A-Z0-9', 16)], {
    exact: true,
    glued: false,
  }),
  format('exoscale-key', 'https://community.exoscale.com/documentation/iam/', ['EXO', chars('a-f0-9', 24)], { exact: true, glued: false }),
  format('upcloud-token', 'https://developers.upcloud.com/1.3/', ['ucat_', chars('A-Z0-9', 26)]),
  format(
    'backblaze-key',
    'https://www.backblaze.com/docs/cloud-storage-application-keys',
    [['K001', 'K002', 'K003', 'K004', 'K005'], chars('A-Za-z0-9+/', 27)],
    {
      exact: true,
      glued: false,
    },
  ),
  format('volcengine-key-id', 'https://www.volcengine.com/docs/6291/65568', ['AKLT', word(40, 60)], { glued: false }),
  format('baidu-key', 'https://cloud.baidu.com/doc/Reference/s/9jwvz2egb', [['ALTAK-', 'ALTAK'], alnum(21, 30)], { glued: false }),
];
