// How long may what was bought for a channel wait to be sold?

/**
 * Days: two years, about as long as a channel lives. 25M sats of which 300 a day are sold are no stock that has to be
 * refilled. What is left unsold when a regime ends (some 45 days, quant 4.6) sells at another price, as often a better as a
 * worse one: 30 and 120 left what drains too empty; for ever would fill what nobody buys (docs/economics.md).
 */
export const CHANNEL_LIFE_DAYS = 730;
