import { alnum, chars, format, hex, word } from './format.ts';

const stripe = 'https://docs.stripe.com/keys';
const shopify = 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens';
const square = 'https://developer.squareup.com/docs/build-basics/access-tokens';

/** Payments and shops. */
export const payments = [
  format('stripe-key', stripe, [['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_prod_', 'rk_prod_', 'sk_org_'], alnum(10, 250)]),
  format('stripe-webhook-secret', 'https://docs.stripe.com/webhooks', ['whsec_', chars('A-Za-z0-9+/=', 24, 80)]),
  format('square-token', square, [['EAAA', 'sq0atp-', 'sq0csp-', 'sq0idp-'], chars('A-Za-z0-9_+=-', 22, 64)], { glued: false }),
  format('shopify-token', shopify, [
    ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shpua_', 'shptka_', 'shprt_', 'shpit_', 'shpcp_'],
    alnum(32, 38),
  ]),
  format('flutterwave-key', 'https://developer.flutterwave.com/docs/authentication', [
    ['FLWSECK_TEST-', 'FLWPUBK_TEST-', 'FLWSECK-', 'FLWPUBK-', 'FLWSECK_TEST', 'FLWSECK_LIVE'],
    alnum(12, 40),
  ]),
  format('shippo-token', 'https://docs.goshippo.com/docs/guides_general/authentication/', [['shippo_live_', 'shippo_test_'], hex(40)]),
  format('easypost-key', 'https://docs.easypost.com/docs/authentication', [['EZAK', 'EZTK'], alnum(54)], {
    ignoreCase: true,
    glued: false,
  }),
  format('duffel-token', 'https://duffel.com/docs/api/overview/making-requests', [
    ['duffel_test_', 'duffel_live_'],
    chars('A-Za-z0-9_=-', 40, 50),
  ]),
  format('lob-key', 'https://docs.lob.com/', [['live_pub_', 'test_pub_'], chars('a-z0-9', 31)]),
  format('lob-key', 'https://docs.lob.com/', [['live_', 'test_'], hex(35)], { exact: true }),
  format('gocardless-token', 'https://developer.gocardless.com/', [['live_', 'sandbox_'], chars('A-Za-z0-9_=-', 40)], { exact: true }),
  format('plaid-token', 'https://plaid.com/docs/api/', [
    ['access-', 'public-', 'link-'],
    ['sandbox-', 'development-', 'production-'],
    chars('a-f0-9-', 36),
  ]),
  format('paypal-braintree-token', 'https://developer.paypal.com/braintree/docs/', [
    'access_token$',
    ['production$', 'sandbox$'],
    chars('a-z0-9', 16),
    '$',
    hex(32),
  ]),
  format('razorpay-key', 'https://razorpay.com/docs/api/authentication/', [['rzp_live_', 'rzp_test_'], alnum(14, 20)]),
  format('adyen-key', 'https://docs.adyen.com/development-resources/api-credentials', ['AQEy', chars('A-Za-z0-9+/=-', 60, 200)], {
    glued: false,
  }),
  format(
    'adyen-key',
    'https://docs.adyen.com/development-resources/api-credentials',
    ['AQE', chars('a-z', 1), 'hmf', chars('A-Za-z0-9+/=-', 60, 200)],
    { glued: false },
  ),
  format('cashfree-secret', 'https://www.cashfree.com/docs/api-reference/authentication', [
    ['cfsk_ma_prod_', 'cfsk_ma_test_'],
    hex(32),
    '_',
    hex(8),
  ]),
  format('xendit-key', 'https://developers.xendit.co/', [['xnd_development_', 'xnd_production_'], alnum(40, 80)]),
  format('checkout-key', 'https://www.checkout.com/docs/', [['sk_sbox_', 'pk_sbox_'], chars('a-z0-9*#$=', 26, 40)]),
  format('coinbase-key', 'https://docs.cdp.coinbase.com/', ['organizations/', chars('a-f0-9-', 36), '/apiKeys/', chars('a-f0-9-', 36)]),
  format('revenuecat-key', 'https://www.revenuecat.com/docs/', [['appl_', 'goog_', 'strp_', 'amzn_'], alnum(28)], { exact: true }),
  format('polar-token', 'https://docs.polar.sh/integrate/oat', [
    ['polar_oat_', 'polar_pat_', 'polar_at_', 'polar_rt_', 'polar_cs_', 'polar_ac_', 'polar_whs_'],
    word(32, 64),
  ]),
  format('paddle-key', 'https://developer.paddle.com/api-reference/about/authentication', [
    ['pdl_live_apikey_', 'pdl_sdbx_apikey_', 'pdl_test_apikey_'],
    chars('a-z0-9', 26),
    '_',
    chars('A-Za-z0-9_', 22, 40),
  ]),
  format('paddle-webhook-secret', 'https://developer.paddle.com/webhooks/signature-verification', [
    'pdl_ntfset_',
    chars('a-z0-9', 26),
    '_',
    chars('A-Za-z0-9+/=_-', 32),
  ]),
  format('paypal-token', 'https://developer.paypal.com/api/rest/authentication/', ['A21AA', word(80, 120)], { glued: false }),
  format('mercadopago-token', 'https://www.mercadopago.com/developers/en/docs/credentials', [
    'APP_USR-',
    chars('0-9', 12, 20),
    '-',
    chars('0-9a-f-', 30, 70),
  ]),
  format('midtrans-key', 'https://docs.midtrans.com/docs/access-keys', [['Mid-server-', 'SB-Mid-server-'], word(20, 48)]),
  format('woocommerce-key', 'https://woocommerce.github.io/woocommerce-rest-api-docs/', [['ck_', 'cs_'], hex(40)], {
    exact: true,
    glued: false,
  }),
  format('mollie-key', 'https://docs.mollie.com/reference/authentication', [['live_', 'test_'], alnum(30)], { exact: true, glued: false }),
  format('sumup-key', 'https://developer.sumup.com/api/authentication', [['sup_sk_', 'sup_pk_'], alnum(20, 60)]),
  format('crossmint-key', 'https://docs.crossmint.com/', [['sk_production_', 'sk_staging_', 'sk_development_'], alnum(30, 400)]),
  format('onfido-token', 'https://documentation.onfido.com/api/latest/', [
    ['api_live.', 'api_sandbox.', 'api_live_us.', 'api_sandbox_us.', 'api_live_ca.', 'api_sandbox_ca.'],
    word(8, 16),
    '.',
    word(28, 40),
  ]),
  format('persona-key', 'https://docs.withpersona.com/api-keys', [['persona_production_', 'persona_sandbox_'], chars('a-f0-9-', 36)]),
  format('pagarme-key', 'https://docs.pagar.me/docs/chaves-de-acesso', [['ak_live_', 'ak_test_'], alnum(30)]),
  format('ramp-secret', 'https://docs.ramp.com/developer-api/v1/authorization', ['ramp_sec_', alnum(40, 64)]),
  format('robinhood-key', 'https://docs.robinhood.com/crypto/trading/', ['rh-api-', chars('a-f0-9-', 36)]),
  format('asaas-key', 'https://docs.asaas.com/docs/autenticacao', [['$aact_prod_', '$aact_hmlg_'], chars('A-Za-z0-9_:$-', 20, 200)]),
];
