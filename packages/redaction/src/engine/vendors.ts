/** Services whose keys have no published shape of their own: a generated value that follows the name is taken for one. */
export const VENDORS: ReadonlySet<string> = new Set(
  (
    'abuseipdb abstractapi accuweather adafruit adobe aeroworkflow airbrake airship airtable airvisual aiven alchemy alegra algolia ' +
    'algoliaadmin alienvault allsports amadeus ambee amplitude anypoint apacta api2cart apideck apiflash apifonica apify apilayer ' +
    'apimatic apiscience apitemplate appcues appfollow appoptics appsflyer appsynergy apptivo artifactory artsy asana assemblyai atera ' +
    'auth0 autodesk autoklose autopilot avaza aviationstack axonaut aylien ayrshare azuread bannerbear baremetrics beebole besnappy ' +
    'bestbuy billomat bitbar bitcoinaverage bitfinex bitly bitmex bittrex blablabus blazemeter blitapp blocknative bombbomb boostnote ' +
    'borgbase braintree braze brandfetch browserstack browshot bugherd bugsnag buildkite bulbul bulksms buttercms caflou calendarific ' +
    'calendly calorieninja campayn cannyio capsulecrm captaindata carboninterface cashboard caspio censys centralstationcrm cexio ' +
    'chartmogul chatfule checio checklyhq checkvist cicero circleci clarifai clearbit clickhelp clicksend clicksendsms clickup cliengo ' +
    'clockify clockworksms clojars cloudconvert cloudelements cloudflare cloudimage cloudmersive cloudplan cloudsmith cloudways ' +
    'cloverly cloze clustdoc codacy codecov codemagic cohere coinapi coinbase coinlayer coinlib commercejs companyhub confluent ' +
    'contentful conversiontools convertapi convertkit convier copyscape countrylayer coveralls craftmypdf crowdin cryptocompare ' +
    'currencycloud currencyfreaks currencylayer currencyscoop currentsapi customerguru customerio cybersource d7network dailyco ' +
    'dandelion databox databricks datadog datafire datagov datadome debounce deepai deepgram deepseek deepl delighted detectify ' +
    'detectlanguage dfuse diffbot diggernaut digitalocean dinero disqus dnscheck docparser documo docusign doppler dotmailer dovico ' +
    'dreamhost dronahq droneci dropbox duply dynadot dynalist dyspatch eagleeyenetworks easyinsight edamam edenai elasticemail ' +
    'elevenlabs enablex endorlabs etherscan ethplorer etsy eventbrite everhour exchangerate exportsdk extractorapi facebook ' +
    'faceplusplus fakejson fastforex fastly fastspring fibery figma fileio filestack finage findl finicity finnhub fixerio flatio ' +
    'fleetbase flickr flightapi flightlabs flightstats floatapp flowflu flutterwave fmfw formbucket formcraft formio formsite ' +
    'foursquare frameio freemius freshbooks freshdesk freshworks fullstory fusebill fxmarket gcm gdeltproject geckoboard gengo geoapify ' +
    'geocode geocodify geocodio geoipify getemail getgeoapi getgist getresponse getsandbox gitter glassnode gocanvas gocardless goodday ' +
    'goodreads grafana graphcms graphhopper groovehq gtmetrix gumroad gyazo happyscribe hellosign helpcrunch helpscout hereapi heroku ' +
    'hiveage holidayapi honeycomb hotelbeds html2pdf hubspot hybiscus hypertrack ibm iconfinder iexapis iexcloud imagekit imagga infura ' +
    'insightly instabot instagram instamojo integromat intercom intrinio invoiceocean ip2location ipapi ipdata ipgeolocation ipify ' +
    'ipinfo ipinfodb ipquality ipstack jira jotform jsonbin jumpcloud jumpseller juro kaleyra keenio kickbox klaviyo klipfolio ' +
    'knapsackpro kontent kraken kucoin kylas languagelayer larksuite launchdarkly leadfeeder lemlist lemonsqueezy lendflow ' +
    'lessannoyingcrm lexigram linearapi linemessaging linenotify linkedin linkpreview liveagent livestorm loadmill lob locationiq ' +
    'loggly loginradius logzio lokalise loyverse luno loqate m3o macaddress madkudu magicbell mailboxlayer mailchimp mailerlite mailgun ' +
    'mailjet mailjetbasic mailmodo mailsac mandrill mapbox mapquest marketstack mattermost mavenlink maxmind meaningcloud mediastack ' +
    'meistertask meraki mesibo messagebird metaapi metabase metrilo microsoftteams midise mindmeister miro mite mixmax mixpanel ' +
    'mockaroo monday monkeylearn moonclerk moosend moralis mrticktock myfreshworks myintervals nasdaqdatalink nethunt netlify netsuite ' +
    'neutrinoapi newrelic newsapi newscatcher nexmo nftport nicereply nightfall noticeable notion nozbe numverify nutritionix nylas ' +
    'nytimes oanda okta omnisend onbuka onedesk onepagecrm onesignal onfleet oopspam openai opencagedata opengraphr openuv openvpn ' +
    'openweather openweathermap opsgenie optimizely overloop owlbot packagecloud pagarme pagerduty paldesk pandadoc pandascore ' +
    'paperform paralleldots parsehub parseur partnerstack paydirtapp paymo paymongo paypal paystack pdflayer pdfshift peopledatalabs ' +
    'pepipost phantombuster phraseaccess pinata pinecone pipedream pipedrive pivotaltracker pixabay plaid planetscale planyo plivo ' +
    'pollsapi poloniex polymail positionstack postageapi posthog postman postmark powrbot prodpad prospectcrm prospectio protocolsio ' +
    'proxycrawl pubnub purestake pushbullet pusher pushover qase qualaroo quickmetrics qubole rapidapi rawg razorpay reachmail readme ' +
    'reallysimplesystems rebrandly rechargepayments reddit refiner rentman repairshopr replicate replyio requestfinance restpack ' +
    'restpackhtmltopdf revampcrm ringcentral ritekit roaring rocketreach rootly route4me rownd rubygems runrunit salesblink salescookie ' +
    'salesflare salesforce salesmate sanity satismeter saucelabs scaleway scalr scrapeowl scraperapi scraperbox scrapersite scrapestack ' +
    'scrapfly scrapingant scrapingbee screenshotapi screenshotlayer scrutinizer securitytrails selectpdf sendbird sendgrid sendinblue ' +
    'sentry serphouse serpstack sheety sherpadesk shipday shippo shodan shopify shotstack shutterstock sidekiq signable signalwire ' +
    'signaturit signupgenius sigopt simfin simplesat simplynoted simvoly sinchmessage sirv siteleaf skrappio skybiometry slack ' +
    'smartsheets smartystreets smooch snipcart snyk snykkey sonar sonarcloud sonarqube sourcegraph sparkpost speechtextai ' +
    'splunkobservability spoonacular sportsmonk spotify square squareup squarespace statuscake statuspage statuspal stitchdata ' +
    'stockdata storecove stormboard stormglass storyblok storychief strava stripe stripo stytch sugester sumologic supabase supernotes ' +
    'surveyanyplace surveybot surveysparrow survicate swiftype tallyfy tatum tatumio taxjar teamgate teamwork teamworkcrm teamworkdesk ' +
    'technicalanalysisapi tefter telegram telesign teletype telnyx textmagic theoddsapi thinkific thousandeyes ticketmaster ' +
    'tickettailor tiingo timecamp timezoneapi tineswebhook tmetric todoist toggltrack tokeet tomorrowio tomtom tradier transferwise ' +
    'travelpayouts travisci trello twelvedata twilio twitch twitter tyntec typeform typetalk ubidots uclassify unifyid unsplash ' +
    'upcdatabase uplead uploadcare uptimerobot upwave urlscan userflow userstack vatlayer vbout verimail veriphone versioneye viewneo ' +
    'virustotal visualcrossing voicegain voodoosms vouchery vpnapi vultr vyte walkscore weatherbit weatherstack webex webflow ' +
    'webscraper webscraping websitepulse wepay whoxy wistia worksnaps workstack worldcoinindex worldweather wrike xai yandex yelp ' +
    'youneedabudget yousign youtube zapierwebhook zendesk zenkit zenrows zenscrape zenserp zeplin zerobounce zerotier zipapi zipbooks ' +
    'zipcodeapi zipcodebase zonkafeedback zoom zulip ' +
    'anthropic mistral mistralai groq perplexity replicate openrouter voyageai stabilityai togetherai huggingface serpapi brave kagi ' +
    'jenkins rollbar mailtrap brevo vonage sinch pushover appveyor teamcity codeship cloudinary imgix uploadcare bunnycdn keycdn ' +
    'linode hetzner scaleway ovh upcloud exoscale civo namecheap godaddy dnsimple gandi porkbun namesilo dynu noip duckdns ' +
    'deepwatch crowdstrike rapid7 qualys tenable wiz lacework sysdig aquasec rubrik snowflake fivetran airbyte hightouch census ' +
    'mparticle heap hotjar pendo appsflyerdev branchio adjust kochava singular onelogin frontegg fusionauth workos stytch descope ' +
    'chargebee recurly paddle mollie adyen klarna affirm sezzle quickbooks xero sage netsuiteapp bamboohr greenhouse lever workable ' +
    'meilisearch typesense elasticcloud upstash turso neondb xata fauna hasura nhost appwrite pocketbase backendless kinvey ' +
    'ably ai21 airscale apolloio bitrise builderio calcom configcat couchbase coze cypress dashscope databento deepinfra exoscale ' +
    'gigachat greptile influxdb infomaniak kimi lighton looker minimax moonshot novita ollama polymarket rudderstack sambanova selectel ' +
    'siliconflow softlayer truenas upstage wandb weightsandbiases zhipu sumo nasa hunterio elastic ebay giphy gitea harness ' +
    'wpengine akamai equinix tencent splunk sellfy avalara elasticpath vercel wechat fullcontact cloudant dwolla kairos atlassian ' +
    'agora contentstack checkmarket webengage feedier abbysale clinchpad guardianapi eversign karmacrm alconost riotgames veevavault ' +
    'kiteconnect shopee teamviewer aerisweather alphavantage imgur smsapi distribusion wordsapi audd exchangeratesapi coingecko ' +
    'financialmodelingprep hypeauditor adzuna cometchat mixcloud lastfm kakaotalk text2data onwaterio pastebin besttime messari ' +
    'aletheiaapi unplugg scrapingdog passbase postageapp baseapiio feedly fetchrss ocrspace buddyns trimble simplybook streamchat ' +
    'opendatasoft podio rockset emailoctopus gosquared paymoapp goshippo papyrs eightxeight sendoso printfection leankit nicehash ' +
    'basistheory nordigen flagsmith testingbot dareboost glitterlyapi sportradar codequiry woopra lunchmoney ecostruxureit flowdash ' +
    'flowdock appointedd formstack codeclimate kanbantool brightlocal timekit interseller mojohelpdesk createsend myexperiment ' +
    'heatmapapi pdfmyurl api2convert kaltura bitgo optidash quickbase redbooth nubela infobip uproc supportbee aftership edusign ' +
    'bscscan coinmarketcap greynoise binance okx bybit huobi deribit polygonio clickatell victorops mailersend twingate ngrok tiktok ' +
    'smartsheet gitguardian prismic influx duosecurity alibaba aliyun samsara honeybadger betterstack logtail papertrail scoutapm ' +
    'raygun instana sematext retool langfuse helicone portkey roboflow supertokens weaviate qdrant zilliz milvus timescale ' +
    'cockroachlabs planetscaledb railwayapp northflank koyeb zeabur fastlane appstoreconnect testflight browserless dropboxsign'
  ).split(' '),
);
