import { alnum, chars, format, hex } from './format.ts';

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
  format('xendit-key', 'https://developers.xendit.co/', [['xnd_development_', 'xnd_production_'], alnum(40, 80)]),
  format('checkout-key', 'https://www.checkout.com/docs/', [['sk_sbox_', 'pk_sbox_'], chars('a-z0-9*#$=', 26, 40)]),
  format('coinbase-key', 'https://docs.cdp.coinbase.com/', ['organizations/', chars('a-f0-9-', 36), '/apiKeys/', chars('a-f0-9-', 36)]),
  format('revenuecat-key', 'https://www.revenuecat.com/docs/', [['appl_', 'goog_', 'strp_', 'amzn_'], alnum(28)], { exact: true }),
];
