/** States of inquiries, in the order of the tabs. */
export const inquiryStates = ['new', 'inWork', 'accepted', 'closed', 'spam'] as const
export type DeskState = (typeof inquiryStates)[number]

/** Kinds that come to us today. */
export const inquiryKinds = ['call', 'form', 'callback', 'manual'] as const
