// Which plugins does lightningd bring along? They are part of the simulated node, yet `plugin list` and name clashes
// must look as if they were plugins.

export interface BundledPlugin {
  readonly path: string;
  readonly dynamic: boolean;
  readonly methods: readonly string[];
}

/** Where a built lightningd installs them. */
const FOLDER = '/usr/local/libexec/c-lightning/plugins/';

const bundled = (name: string, dynamic: boolean, methods = ''): BundledPlugin => ({
  path: FOLDER + name,
  dynamic,
  methods: methods === '' ? [] : methods.split(' '),
});

const prefixed = (prefix: string, names: string): string =>
  names
    .split(' ')
    .map((name) => prefix + name)
    .join(' ');

/** As v26.06.6 lists them, in its order, with the commands each one registers. */
export const BUNDLED_PLUGINS: readonly BundledPlugin[] = [
  bundled('autoclean', false, 'autoclean-status autoclean-once'),
  bundled('chanbackup', false, 'emergencyrecover getemergencyrecoverdata restorefrompeer'),
  bundled('bcli', false, 'getrawblockbyheight getchaininfo estimatefees sendrawtransaction getutxout'),
  bundled(
    'cln-bwatch',
    true,
    'addblockdepthwatch addoutpointwatch addscidwatch addscriptpubkeywatch ' +
      'delblockdepthwatch deloutpointwatch delscidwatch delscriptpubkeywatch listwatch',
  ),
  bundled('commando', false, 'commando'),
  bundled('funder', true, 'funderupdate'),
  bundled('topology', false, 'getroute listchannels listnodes listincoming'),
  bundled('exposesecret', true, 'exposesecret'),
  bundled('keysend', false, 'keysend'),
  bundled('offers', true, 'offer invoicerequest decode fetchinvoice sendinvoice cancelrecurringinvoice createproof'),
  bundled('pay', true, 'paystatus pay'),
  bundled('recklessrpc', true, 'reckless'),
  bundled('recover', false),
  bundled('txprepare', true, 'txprepare txdiscard txsend withdraw upgradewallet'),
  bundled('cln-renepay', true, 'renepaystatus renepay'),
  bundled('cln-xpay', true, 'xpay xpay-as-pay xkeysend listpays sendamount'),
  bundled('spenderp', false, 'fundchannel multifundchannel multiwithdraw splicein spliceout'),
  bundled(
    'cln-askrene',
    true,
    'getroutes ' +
      prefixed(
        'askrene-',
        'listreservations reserve unreserve disable-node create-channel update-channel remove-channel-update ' +
          'inform-channel bias-channel bias-node create-layer remove-layer listlayers age',
      ),
  ),
  bundled('sql', true, 'sql listsqlschemas'),
  bundled(
    'bookkeeper',
    false,
    prefixed(
      'bkpr-',
      'listbalances listaccountevents inspect listincome dumpincomecsv channelsapy report ' +
        'editdescriptionbypaymentid editdescriptionbyoutpoint',
    ),
  ),
];
