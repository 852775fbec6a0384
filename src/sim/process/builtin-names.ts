// Which commands and options are lightningd's own, whether we simulate them or not? A plugin may not take their names.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** `help` of v26.06.6 without what its plugins bring. A plugin that registers one of these takes lightningd down. */
export const BUILTIN_COMMANDS = words(`
  abort_channels addgossip addpsbtinput addpsbtoutput batching blacklistrune check checkmessage checkrune close connect
  createinvoice createinvoicerequest createoffer createonion createrune datastore datastoreusage decryptencrypteddata
  deldatastore delforward delinvoice delnetworkevent delpay deprecations destroyrune dev disableinvoicerequest
  disableoffer disconnect enableoffer feerates fundchannel_cancel fundchannel_complete fundchannel_start fundpsbt
  getinfo getlog graceful help injectonionmessage injectpaymentonion injectutxodeposit injectutxospend invoice invokerune
  listaddresses listchainmoves listchannelmoves listclosedchannels listconfigs listdatastore listforwards listfunds
  listhtlcs listinvoicerequests listinvoices listnetworkevents listoffers listpeerchannels listpeers listsendpays
  listtransactions makesecret newaddr notifications openchannel_abort openchannel_bump openchannel_init
  openchannel_signed openchannel_update parsefeerate payersign ping plugin preapproveinvoice preapprovekeysend recover
  recoverchannel reserveinputs sendcustommsg sendonion sendpay sendpsbt setchannel setconfig setleaserates
  setpsbtversion showrunes signinvoice signmessage signmessagewithkey signpsbt splice_init splice_signed splice_update
  staticbackup stfu_channels stop unreserveinputs utxopsbt wait waitanyinvoice waitblockheight waitinvoice waitsendpay
`);

/** Options of lightningd and its bundled plugins, so that a real node's config file serves here too. */
export const BUILTIN_OPTIONS = words(`
  accept-htlc-tlv-type addr alias allow-deprecated-apis always-use-proxy announce-addr announce-addr-discovered
  announce-addr-discovered-port askrene-max-threads askrene-timeout autoclean-cycle autoclean-expiredinvoices-age
  autoclean-failedforwards-age autoclean-failedpays-age autoclean-networkevents-age autoclean-paidinvoices-age
  autoclean-succeededforwards-age autoclean-succeededpays-age autoconnect-seeker-peers autolisten bind-addr
  bitcoin-cli bitcoin-datadir bitcoin-rpcclienttimeout bitcoin-rpcconnect bitcoin-rpcpassword bitcoin-rpcport
  bitcoin-rpcuser bitcoin-retry-timeout clear-plugins cltv-delta cltv-final commit-fee commit-feerate-offset
  commit-time conf daemon database-upgrade dev-bitcoind-poll dev-fast-gossip dev-fast-reconnect developer disable-dns
  disable-mpp disable-plugin encrypted-hsm experimental-dual-fund experimental-splicing fee-base fee-per-satoshi
  force-feerates funding-confirms htlc-maximum-msat htlc-minimum-msat ignore-fee-limits important-plugin lightning-dir
  log-file log-level log-prefix log-timestamps mainnet max-concurrent-htlcs max-dust-htlc-exposure-msat
  min-capacity-sat min-emergency-msat network offline pid-file plugin plugin-dir proxy regtest require-confirmed-inputs
  rescan rgb rpc-file rpc-file-mode signet subdaemon testnet testnet4 wallet watchtime-blocks xpay-handle-pay
`);
