import { alnum, chars, format, hex, word } from './format.ts';

const facebook = 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens';

/** Other services, by name. */
export const services = [
  format('adobe-client-secret', 'https://developer.adobe.com/developer-console/docs/guides/authentication/', ['p8e-', alnum(32)], {
    ignoreCase: true,
    glued: false,
  }),
  format('alchemy-key', 'https://www.alchemy.com/docs', ['alcht_', alnum(30)]),
  format('dropbox-token', 'https://www.dropbox.com/developers/documentation/http/documentation', ['sl.', word(130, 1500)], {
    glued: false,
  }),
  format('facebook-token', facebook, [['EAAM', 'EAAC', 'EAAG', 'EAAB', 'EAAJ', 'EAAD', 'EAAE', 'EAAI', 'EAAL'], alnum(80, 300)], {
    glued: false,
  }),
  format('instagram-token', facebook, ['IGQV', word(80, 300)], { glued: false }),
  format('frameio-token', 'https://developer.frame.io/', ['fio-u-', chars('A-Za-z0-9_=-', 64)]),
  format('contentful-token', 'https://www.contentful.com/developers/docs/references/authentication/', ['CFPAT-', word(40, 60)]),
  format('storyblok-token', 'https://www.storyblok.com/docs/api', ['sb_pat_', alnum(30, 60)]),
  format(
    'hubspot-token',
    'https://developers.hubspot.com/docs/',
    [['pat-na1-', 'pat-eu1-', 'pat-na2-', 'pat-ap1-'], chars('a-f0-9-', 36)],
    { ignoreCase: true },
  ),
  format('mailchimp-key', 'https://mailchimp.com/developer/marketing/guides/quick-start/', [
    hex(32),
    ['-us1', '-us2', '-us3', '-us4', '-us5', '-us6', '-us7', '-us8', '-us9'],
    chars('0-9', 0, 1),
  ]),
  format(
    'typeform-token',
    'https://www.typeform.com/developers/get-started/personal-access-token/',
    ['tfp_', chars('A-Za-z0-9_.=-', 40, 64)],
    { ignoreCase: true },
  ),
  format(
    'freemius-key',
    'https://freemius.com/help/documentation/',
    ["'secret_key' => 'sk_", chars('A-Za-z0-9!@#$%^&*()_+={}<>?/~|;:,.[\\]-', 29)],
    {},
  ),
  format('maxmind-key', 'https://support.maxmind.com/hc/en-us/articles/4407111582235', [alnum(6), '_', alnum(29), '_mmk']),
  format('private-ai-key', 'https://docs.private-ai.com/', ['privateai_', alnum(32)]),
  format('settlemint-token', 'https://console.settlemint.com/documentation/', [['sm_pat_', 'sm_aat_', 'sm_sat_'], alnum(16)]),
  format('nylas-key', 'https://developer.nylas.com/', ['nyk_v0_', alnum(40, 80)]),
  format('calendly-token', 'https://developer.calendly.com/', [
    'eyJraWQiOiIxY2UxZTEzNjE3ZGNmNzY2YjNjZWJjY2Y4ZGM1YmFmYThhNjVlNjg0MDIzZjdjMzJiZTgzNDliMjM4MDEzNWI0IiwidHlwIjoiUEFUIiwiYWxnIjoiRVMyNTYifQ',
    chars('A-Za-z0-9_.-', 40, 800),
  ]),
  format('canva-secret', 'https://www.canva.dev/docs/', ['cnvca', word(40, 60)]),
  format('ubidots-token', 'https://docs.ubidots.com/', [['BBFF-', 'BBUS-'], alnum(30)]),
  format('ship24-key', 'https://docs.ship24.com/', ['apik_', alnum(30)]),
  format('webflow-token', 'https://developers.webflow.com/', ['ws-', hex(64)], { glued: false }),
  format('clickup-token', 'https://developer.clickup.com/docs/authentication', ['pk_', chars('0-9', 6, 12), '_', chars('A-Z0-9', 32)], {
    glued: false,
  }),
  format('opsgenie-key', 'https://docs.opsgenie.com/', ['GenieKey ', chars('a-f0-9-', 36)]),
  format('okta-token', 'https://developer.okta.com/docs/guides/create-an-api-token/', ['SSWS ', word(40, 60)]),
  format('twitter-bearer', 'https://developer.x.com/en/docs/authentication', ['AAAAAAAAAAAAAAAAAAAAA', chars('A-Za-z0-9%+/=', 60, 140)], {
    glued: false,
  }),
  format('zoho-token', 'https://www.zoho.com/accounts/protocol/oauth.html', ['1000.', hex(32), '.', hex(32)], { glued: false }),
  format('salesforce-token', 'https://help.salesforce.com/', ['00D', alnum(12, 15), '!', chars('A-Za-z0-9._', 90, 130)], { glued: false }),
  format('wakatime-token', 'https://wakatime.com/developers', [
    ['waka_', 'waka_tok_', 'waka_sec_', 'waka_ref_'],
    chars('A-Za-z0-9-', 36, 60),
  ]),
  format('ethereum-private-key', 'https://ethereum.org/en/developers/docs/accounts/', ['PRIVATE_KEY=0x', hex(64)]),
  format('nostr-secret', 'https://github.com/nostr-protocol/nips/blob/master/19.md', ['nsec1', chars('a-z0-9', 58)]),
  format('bitcoin-extended-key', 'https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki', ['xprv', alnum(107)], { glued: false }),
  format('cal-com-key', 'https://cal.com/docs/api-reference/v2/introduction', ['cal_live_', alnum(32)]),
  format('n8n-key', 'https://docs.n8n.io/api/authentication/', ['n8n_api_', chars('A-Za-z0-9_.-', 40, 400)]),
  format('klaviyo-key', 'https://developers.klaviyo.com/en/docs/authenticate_', ['pk_', hex(34)], { exact: true, glued: false }),
  format('onesignal-key', 'https://documentation.onesignal.com/docs/en/keys-and-ids', [
    ['os_v2_app_', 'os_v2_org_'],
    chars('a-z0-9', 60, 120),
  ]),
  format('close-key', 'https://developer.close.com/topics/authentication/', ['api_', alnum(22), '.', alnum(22)]),
  format('riot-key', 'https://developer.riotgames.com/docs/portal', ['RGAPI-', chars('a-f0-9-', 36)]),
  format('linkedin-secret', 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication', [
    'WPL_AP1.',
    alnum(12, 24),
    '.',
    chars('A-Za-z0-9+/=', 6, 24),
  ]),
  format('pinterest-token', 'https://developers.pinterest.com/docs/getting-started/authentication/', [['pina_', 'pinr_'], alnum(50, 120)]),
  format('ebay-token', 'https://developer.ebay.com/api-docs/static/oauth-tokens.html', ['v^1.1#', chars('A-Za-z0-9#^+/=%_-', 60, 4000)]),
  format('amazon-oauth-token', 'https://developer.amazon.com/docs/login-with-amazon/access-token.html', [
    ['Atza|', 'Atzr|'],
    chars('A-Za-z0-9+/=_-', 60, 2000),
  ]),
  format('imagekit-key', 'https://imagekit.io/docs/api-keys', ['private_', chars('A-Za-z0-9+/', 27, 28)], { glued: false }),
  format('matrix-token', 'https://spec.matrix.org/latest/client-server-api/', ['syt_', alnum(2, 80), '_', alnum(20), '_', alnum(6)]),
  format('pubnub-key', 'https://www.pubnub.com/docs/general/setup/account-setup', ['sec-c-', chars('A-Za-z0-9+/=', 40, 60)]),
  format('pubnub-key', 'https://www.pubnub.com/docs/general/setup/account-setup', [['sub-c-', 'pub-c-'], chars('a-f0-9-', 36)]),
  format('discord-user-token', 'https://discord.com/developers/docs/reference#authentication', ['mfa.', word(60, 100)], { glued: false }),
  format('telnyx-key', 'https://developers.telnyx.com/development/api-fundamentals/authentication', ['KEY01', chars('A-Za-z0-9_-', 53)]),
  format('blockfrost-key', 'https://docs.blockfrost.io/', [['mainnet', 'preprod', 'preview', 'testnet'], alnum(32)], {
    exact: true,
    glued: false,
  }),
  format('courier-key', 'https://www.courier.com/docs/', [['pk_prod_', 'dk_prod_'], chars('A-Z0-9', 28)]),
  format('liveblocks-key', 'https://liveblocks.io/docs/authentication', [['sk_dev_', 'pk_dev_', 'pk_prod_'], word(40, 90)]),
];
