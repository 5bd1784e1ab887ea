import type { Source } from '../../../api/contract/config.ts'
import type { outcomes as contractOutcomes } from '../../../api/contract/words.ts'

export { inquiryChannels, outcomes, presences, roles } from '../../../api/contract/words.ts'

export type Outcome = (typeof contractOutcomes)[number]
export type InquiryChannel = Source['inquiryChannel']
