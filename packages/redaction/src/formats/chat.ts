import { alnum, chars, format, hex, word } from './format.ts';

const slack = 'https://api.slack.com/concepts/token-types';

/** Chat and telephony: Slack, Discord, Telegram, Teams, Twilio, mail senders. */
export const chat = [
  format('slack-token', slack, [
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxo-', 'xoxs-', 'xoxr-', 'xoxe-', 'xoxc-', 'xoxd-', 'xoxa-2-', 'xoxe.xoxb-', 'xoxe.xoxp-'],
    chars('A-Za-z0-9%+/=_-', 10, 255),
  ]),
  format('slack-app-token', slack, ['xapp-', chars('A-Za-z0-9-', 20, 120)]),
  format('slack-workflow-token', slack, ['xwfp-', chars('A-Za-z0-9-', 20, 120)]),
  format('slack-webhook', 'https://api.slack.com/messaging/webhooks', [
    'hooks.slack.com/',
    ['services/', 'workflows/', 'triggers/'],
    chars('A-Za-z0-9+/_-', 20, 80),
  ]),
  format('slack-webhook', 'https://api.slack.com/messaging/webhooks', [
    'hooks.slack-gov.com/',
    ['services/', 'workflows/', 'triggers/'],
    chars('A-Za-z0-9+/_-', 20, 80),
  ]),
  format('discord-webhook', 'https://discord.com/developers/docs/resources/webhook', [
    '/webhooks/',
    chars('0-9', 17, 20),
    '/',
    word(60, 80),
  ]),
  format('teams-webhook', 'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook', [
    '.webhook.office.com/webhookb2/',
    chars('A-Za-z0-9@/-', 60, 240),
  ]),
  format('telegram-bot-url', 'https://core.telegram.org/bots/api#authorizing-your-bot', [
    'api.telegram.org/bot',
    chars('0-9', 5, 16),
    ':',
    word(30, 40),
  ]),
  format('telegram-bot-token', 'https://core.telegram.org/bots/api#authorizing-your-bot', [chars('0-9', 8, 16), ':AA', word(31, 36)], {
    glued: true,
  }),
  format(
    'sendgrid-key',
    'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    ['SG.', chars('A-Za-z0-9_=-', 16, 32), '.', chars('A-Za-z0-9_=.-', 24, 64)],
    { glued: true },
  ),
  format('mailgun-key', 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt', ['key-', hex(32)], {
    exact: true,
    glued: false,
  }),
  format('mailgun-public-key', 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt', ['pubkey-', hex(32)], {
    exact: true,
  }),
  format('brevo-key', 'https://developers.brevo.com/docs/getting-started', [['xkeysib-', 'xsmtpsib-'], hex(64), '-', alnum(16)]),
  format('resend-key', 'https://resend.com/docs/api-reference/introduction', ['re_', alnum(8), '_', alnum(24)], { glued: false }),
  format('mailersend-token', 'https://developers.mailersend.com/', ['mlsn.', hex(64)]),
  format('mandrill-key', 'https://mailchimp.com/developer/transactional/guides/quick-start/', ['md-', word(22)], {
    glued: false,
    exact: true,
  }),
  format('teams-webhook', 'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook', [
    ['outlook.office.com/webhook/', 'outlook.office365.com/webhook/'],
    chars('A-Za-z0-9@/-', 60, 240),
  ]),
  format('mattermost-webhook', 'https://developers.mattermost.com/integrate/webhooks/incoming/', ['/hooks/', chars('a-z0-9', 26)], {
    exact: true,
    glued: true,
  }),
  format('rocketchat-webhook', 'https://docs.rocket.chat/docs/integrations', ['/hooks/', alnum(17, 24), '/', alnum(40, 48)], {
    glued: true,
  }),
  format('make-webhook', 'https://help.make.com/webhooks', [['.make.com/', '.integromat.com/'], chars('a-z0-9', 32)], { exact: true }),
  format('ifttt-webhook', 'https://help.ifttt.com/hc/en-us/articles/115010230347', [
    'maker.ifttt.com/trigger/',
    word(1, 80),
    ['/with/key/', '/json/with/key/'],
    word(20, 60),
  ]),
  format('webex-webhook', 'https://apphub.webex.com/applications/incoming-webhooks-cisco-systems-38054-23307-75252', [
    'webexapis.com/v1/webhooks/incoming/',
    word(60, 140),
  ]),
  format('zapier-webhook', 'https://help.zapier.com/', ['hooks.zapier.com/hooks/catch/', chars('A-Za-z0-9/', 12, 60)]),
  format('feishu-webhook', 'https://open.feishu.cn/document/', ['open.feishu.cn/open-apis/bot/v2/hook/', chars('a-f0-9-', 36)]),
  format('dingtalk-token', 'https://open.dingtalk.com/document/', ['oapi.dingtalk.com/robot/send?access_token=', hex(64)]),
  format('wecom-webhook', 'https://developer.work.weixin.qq.com/document/', [
    'qyapi.weixin.qq.com/cgi-bin/webhook/send?key=',
    chars('a-f0-9-', 36),
  ]),
  format('intercom-token', 'https://developers.intercom.com/docs', ['dG9rO', chars('A-Za-z0-9=', 50, 70)], { glued: false }),
];
