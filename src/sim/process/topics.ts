// Which notification topics are lightningd's own? Plugins may not send them; to subscribe to others is only odd.

/** As lightningd v26.06.6 registers them. */
export const NATIVE_TOPICS: readonly string[] = [
  'connect',
  'disconnect',
  'warning',
  'custommsg',
  'onionmessage_forward_fail',
  'invoice_payment',
  'invoice_creation',
  'channel_opened',
  'channel_state_changed',
  'forward_event',
  'sendpay_success',
  'sendpay_failure',
  'coin_movement',
  'balance_snapshot',
  'block_added',
  'openchannel_peer_sigs',
  'channel_open_failed',
  'shutdown',
  'deprecated_oneshot',
  'log',
  'plugin_started',
  'plugin_stopped',
];

/** Topics that plugins shipped with lightningd announce. */
export const BUNDLED_TOPICS: readonly string[] = ['pay_part_start', 'pay_part_end', 'pay_success', 'pay_failure'];
