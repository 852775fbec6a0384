// Which method names and topics are lightningd's own? A plugin that takes one is killed, or takes the node down with it.

/**
 * Commands of lightningd v26.06 and of the plugins it brings (`lightning-cli help`), and those that versions since
 * v23.05 had. Registering one of lightningd's own while the node runs is a null dereference in lightningd v26.06; one
 * of another plugin's only gets the later plugin killed.
 */
const COMMANDS: ReadonlySet<string> = new Set(
  `
abort_channels addblockdepthwatch addgossip addoutpointwatch addpsbtinput addpsbtoutput addscidwatch
addscriptpubkeywatch askrene-age askrene-bias-channel askrene-bias-node askrene-create-channel
askrene-create-layer askrene-disable-node askrene-inform-channel askrene-listlayers askrene-listreservations
askrene-remove-channel-update askrene-remove-layer askrene-reserve askrene-unreserve askrene-update-channel
autoclean-once autoclean-status autocleaninvoice batching bkpr-channelsapy bkpr-dumpincomecsv
bkpr-editdescriptionbyoutpoint bkpr-editdescriptionbypaymentid bkpr-inspect bkpr-listaccountevents
bkpr-listbalances bkpr-listincome bkpr-report blacklistrune cancelrecurringinvoice check checkmessage checkrune
close commando connect createinvoice createinvoicerequest createoffer createonion createproof createrune
currencyconvert currencyrate datastore datastoreusage decode decodepay decryptencrypteddata delblockdepthwatch
deldatastore delexpiredinvoice delforward delinvoice delnetworkevent deloutpointwatch delpay delscidwatch
delscriptpubkeywatch deprecations destroyrune dev disableinvoicerequest disableoffer disconnect emergencyrecover
enableoffer estimatefees exposesecret feerates fetchinvoice fundchannel fundchannel_cancel fundchannel_complete
fundchannel_start funderupdate fundpsbt getchaininfo getemergencyrecoverdata getinfo getlog getrawblockbyheight
getroute getroutes getsharedsecret getutxout graceful help injectonionmessage injectpaymentonion
injectutxodeposit injectutxospend invoice invoicerequest invokerune keysend listaddresses listchainmoves
listchannelmoves listchannels listclosedchannels listconfigs listcurrencyrates listdatastore listforwards
listfunds listhtlcs listincoming listinvoicerequests listinvoices listnetworkevents listnodes listoffers
listpays listpeerchannels listpeers listsendpays listsqlschemas listtransactions listwatch makesecret
multifundchannel multiwithdraw newaddr notifications offer offerout openchannel_abort openchannel_bump
openchannel_init openchannel_signed openchannel_update parsefeerate pay payersign ping plugin preapproveinvoice
preapprovekeysend reckless recover recoverchannel renepay renepaystatus reserveinputs restorefrompeer sendamount
sendcustommsg sendinvoice sendonion sendpay sendpsbt sendrawtransaction setchannel setconfig setleaserates
setpsbtversion showrunes signinvoice signmessage signmessagewithkey signpsbt splice_init splice_signed
splice_update splicein spliceout sql staticbackup stfu_channels stop txdiscard txprepare txsend unreserveinputs
upgradewallet utxopsbt wait waitanyinvoice waitblockheight waitinvoice waitsendpay withdraw xkeysend xpay
xpay-as-pay
`
    .trim()
    .split(/\s+/),
);

/** Every command that begins so is lightningd's own; which there are depends on how it was built. */
const DEVELOPER_PREFIX = 'dev-';

export const isReservedCommand = (name: string): boolean => COMMANDS.has(name) || name.startsWith(DEVELOPER_PREFIX);

/** Notifications that lightningd sends itself; a plugin may not declare them as its own. */
export const NATIVE_TOPICS: ReadonlySet<string> = new Set([
  'balance_snapshot',
  'block_added',
  'channel_open_failed',
  'channel_opened',
  'channel_state_changed',
  'coin_movement',
  'connect',
  'custommsg',
  'deprecated_oneshot',
  'disconnect',
  'forward_event',
  'invoice_creation',
  'invoice_payment',
  'log',
  'onionmessage_forward_fail',
  'openchannel_peer_sigs',
  'plugin_started',
  'plugin_stopped',
  'sendpay_failure',
  'sendpay_success',
  'shutdown',
  'warning',
]);
