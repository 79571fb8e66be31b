import { alnum, chars, format, hex, word } from './format.ts';
import { githubChecksum } from './checksum.ts';

const github = 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/';
const gitlab = 'https://docs.gitlab.com/security/tokens/#token-prefixes';
const atlassian = 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/';
const glBody = chars('A-Za-z0-9_-', 20, 64);
const dotted = chars('A-Za-z0-9_.-', 20, 300);

/** Code hosts: GitHub, GitLab, Atlassian, Gitea, Sourcegraph. */
export const codeHosts = [
  format('github-token', github, [['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], alnum(36)], { checksum: githubChecksum }),
  format('github-app-token', github, ['ghs_', chars('0-9', 4, 12), '_', chars('A-Za-z0-9_.-', 60, 600)]),
  format('github-fine-grained-token', github, ['github_pat_', chars('A-Za-z0-9_', 36, 90)]),
  format('gitlab-token', gitlab, [
    ['glpat-', 'gldt-', 'glrt-', 'glrtr-', 'glcbt-', 'glptt-', 'glft-', 'glimt-', 'glagent-', 'gloas-', 'glsoat-', 'glffct-', 'glwt-'],
    dotted,
  ]),
  format('gitlab-runner-registration', gitlab, ['GR1348941', glBody]),
  format('gitlab-session', gitlab, ['_gitlab_session=', hex(32)]),
  format('atlassian-token', atlassian, [['ATATT3', 'ATCTT3', 'ATSTT3', 'ATBB', 'ATOAT'], chars('A-Za-z0-9_=-', 20, 220)], { glued: false }),
  format('bitbucket-token', atlassian, ['BBDC-', chars('A-Za-z0-9+/@_-', 40, 50)]),
  format('sourcegraph-token', 'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token', [
    ['sgp_local_', 'sgp_', 'sgd_', 'slk_', 'sgs_'],
    chars('a-zA-Z0-9_', 40, 80),
  ]),
  format('circleci-token', 'https://circleci.com/docs/managing-api-tokens/', [['CCIPAT_', 'CCIPRJ_'], chars('A-Za-z0-9_', 40, 80)]),
  format('buildkite-token', 'https://buildkite.com/docs/apis/managing-api-tokens', [
    ['bkua_', 'bkct_', 'bkrt_', 'bkaj_', 'bkpt_'],
    alnum(40, 90),
  ]),
  format('figma-token', 'https://www.figma.com/developers/api#access-tokens', [['figd_', 'figo_', 'figu_', 'figdr_'], word(38, 60)]),
  format('linear-key', 'https://linear.app/developers/graphql', [['lin_api_', 'lin_oauth_', 'lin_wh_'], alnum(32, 64)]),
  format('notion-token', 'https://developers.notion.com/docs/authorization', ['ntn_', chars('0-9', 11), alnum(35)]),
  format('notion-token', 'https://developers.notion.com/docs/authorization', ['secret_', alnum(43)], { exact: true }),
  format('snyk-token', 'https://docs.snyk.io/', [['snyk_uat.', 'snyk_sat.'], chars('A-Za-z0-9_.-', 30, 200)]),
  format('sonar-token', 'https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens', [['squ_', 'sqp_', 'sqa_'], hex(40)]),
  format('codeclimate-token', 'https://docs.codeclimate.com/', ['cqp_', alnum(30, 60)]),
  format('codeclimate-token', 'https://docs.codeclimate.com/docs/finding-your-test-coverage-token', [
    ['CC_TEST_REPORTER_ID=', 'CC_TEST_REPORTER_ID: '],
    hex(64),
  ]),
  format(
    'launchdarkly-key',
    'https://launchdarkly.com/docs/home/account/api',
    [['sdk-', 'mob-', 'api-'], hex(8), '-', hex(4), '-', hex(4), '-', hex(4), '-', hex(12)],
    { glued: false },
  ),
  format('postman-key', 'https://learning.postman.com/docs/developer/postman-api/authentication/', ['PMAK-', hex(24), '-', hex(34)]),
  format('postman-collection-key', 'https://learning.postman.com/docs/developer/postman-api/authentication/', ['PMAT-', alnum(20, 40)]),
  format('readme-key', 'https://docs.readme.com/main/reference/authentication', ['rdme_', chars('a-z0-9', 70)]),
  format('apify-token', 'https://docs.apify.com/platform/integrations/api', ['apify_api_', alnum(34, 40)]),
  format('octopus-key', 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key', ['API-', chars('A-Z0-9', 26, 32)], {
    glued: false,
  }),
  format('prefect-key', 'https://docs.prefect.io/', [['pnu_', 'pnb_'], alnum(36)]),
  format('infracost-token', 'https://www.infracost.io/docs/', ['ico-', alnum(32)]),
  format('github-app-token', github, ['v1.', hex(40)], { exact: true, glued: false }),
  format('jetbrains-token', 'https://www.jetbrains.com/help/youtrack/devportal/Manage-Permanent-Token.html', [
    ['perm:', 'perm-'],
    chars('A-Za-z0-9+/=', 4, 120),
    '.',
    chars('A-Za-z0-9+/=', 2, 120),
    '.',
    alnum(20, 80),
  ]),
  format('trello-token', 'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/', ['ATTA', hex(72)]),
  format('phabricator-token', 'https://secure.phabricator.com/book/phabricator/article/conduit/', ['api-', chars('a-z0-9', 28)], {
    exact: true,
    glued: false,
  }),
  format('stackhawk-key', 'https://docs.stackhawk.com/apidocs.html', ['hawk.', word(20), '.', word(20)]),
  format('dbt-token', 'https://docs.getdbt.com/docs/dbt-cloud-apis/authentication', [['dbtc_', 'dbtu_', 'dbts_'], word(30, 80)]),
  format('socket-key', 'https://docs.socket.dev/docs/api-keys', ['sktsec_', word(30, 80)]),
  format('deepsource-token', 'https://docs.deepsource.com/', ['dsp_', alnum(40, 64)], { glued: false }),
  format('gitpod-token', 'https://www.gitpod.io/docs/configure/user-settings/access-tokens', [
    'gitpod_pat_',
    chars('A-Za-z0-9_.-', 30, 120),
  ]),
  format('depot-token', 'https://depot.dev/docs/cli/authentication', [['depot_org_', 'depot_project_', 'depot_user_'], word(30, 100)]),
  format('chromatic-token', 'https://www.chromatic.com/docs/', ['chpt_', chars('a-z0-9', 12, 30)], { glued: false }),
  format('aikido-token', 'https://apidocs.aikido.dev/reference/authorization', ['AIK_SECRET_', alnum(64)]),
  format('aikido-token', 'https://help.aikido.dev/', ['AIK_CI_', alnum(20, 44)]),
  format('dependency-track-key', 'https://docs.dependencytrack.org/integrations/rest-api/', ['odt_', alnum(32, 255)]),
  format('configcat-key', 'https://configcat.com/docs/sdk-reference/overview/', ['configcat-sdk-1/', word(22), '/', word(22)]),
  format('devcycle-key', 'https://docs.devcycle.com/', [['dvc_server_', 'dvc_client_', 'dvc_mobile_'], chars('A-Za-z0-9_', 20, 60)]),
  format('endor-labs-key', 'https://docs.endorlabs.com/', ['endr+', word(16)]),
  format(
    'harness-token',
    'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/',
    [['pat.', 'sat.'], word(22), '.', hex(24), '.', alnum(20)],
    { glued: false },
  ),
  format('mergify-key', 'https://docs.mergify.com/', [['mka_', 'mergify_application_key_'], word(32, 80)]),
  format('val-town-token', 'https://docs.val.town/reference/permissions/', ['vtwn_', alnum(24, 48)]),
];
