import type { PathFacts } from './path.ts'

/** A client of ours. */
export interface ContactFacts {
  id: string
  name: string
  company: string | null
  companyId: string | null
  phones: readonly string[]
  mails: readonly string[]
  ownerId: string | null
}

/** A form as it was sent. */
export interface FormFacts {
  id: string
  atMs: number
  formName: string | null
  name: string | null
  phone: string | null
  mail: string | null
  message: string | null
  fields: Readonly<Record<string, unknown>>
  pageUrl: string | null
  /** The kind of connector that brought it; none for forms of our sites. */
  takenBy?: string | null
}

/** A call, form, callback or message that belongs to it, the oldest first. */
export interface ActivityFacts {
  subject: string
  id: string
  atMs: number
}

/** An inquiry as it stands. Read anew for each attempt, so that after an outage only what still matters is said. */
export interface InquiryFacts {
  inquiryId: string
  /** Counts its changes. */
  seq: number
  kind: 'call' | 'form' | 'callback' | 'mail' | 'message' | 'manual'
  state: 'new' | 'inWork' | 'accepted' | 'closed' | 'spam'
  title: string
  text: string | null
  name: string | null
  /** E.164; null when there is none. */
  phone: string | null
  mail: string | null
  contact: ContactFacts | null
  responsibleId: string | null
  isMissed: boolean
  createdMs: number
  closedMs: number | null
  firstResponseMs: number | null
  callId: string | null
  formId: string | null
  callbackId: string | null
  dealId: string | null
  activities: readonly ActivityFacts[]
  forms: readonly FormFacts[]
  path: PathFacts
}

export interface StageFacts {
  id: string
  name: string
  kind: 'open' | 'won' | 'lost'
}

/** A deal as it stands, with the way that its first inquiry came by. */
export interface DealFacts {
  dealId: string
  /** Counts its changes. */
  seq: number
  title: string
  text: string | null
  pipeline: { id: string; name: string }
  stage: StageFacts
  /** Every stage it came to, the oldest first. */
  history: readonly { stage: StageFacts; atMs: number }[]
  amount: number
  currency: string
  /** What it costs us; null where nobody has said. */
  cost: number | null
  lostReason: string | null
  contact: ContactFacts | null
  responsibleId: string | null
  /** The inquiry that it came from. */
  inquiryId: string | null
  createdMs: number
  closedMs: number | null
  /** When it came to the won stage where it is now; null when it is not won. */
  wonMs: number | null
  activities: readonly ActivityFacts[]
  path: PathFacts
}
