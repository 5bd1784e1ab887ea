/** Through what a client came: as in `sources.inquiry_channel`. No imports, so that the browser may take it as it is. */
export const inquiryChannels = [
  'paid',
  'organic',
  'direct',
  'referral',
  'social',
  'email',
  'messenger',
  'display',
  'affiliate',
  'internal',
  'recommendation',
  'offline',
  'unknown'
] as const
