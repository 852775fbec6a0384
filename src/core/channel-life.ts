// How long may what was bought for a channel wait to be sold?

/**
 * Days: two years, about as long as a channel lives. 25M sats of which 300 a day are sold need no refill. What is unsold
 * when demand changes (after some 45 days, quant 4.6) sells at another price, a better one as often as a worse. With 30 and
 * 120 days channels that drain were left too empty; without an end channels would be filled from which nobody buys
 * (docs/economics.md).
 */
export const CHANNEL_LIFE_DAYS = 730;
