/** States of inquiries. */
export const inquiryStates = ['new', 'inWork', 'accepted', 'closed', 'spam'] as const
/** Tabs of the desk: what is missed has a board of its own. */
export const deskTabs = ['new', 'missed', 'inWork', 'accepted', 'closed', 'spam'] as const
export type DeskState = (typeof deskTabs)[number]

/** Kinds that come to us today. */
export const inquiryKinds = ['call', 'form', 'callback', 'mail', 'message', 'manual'] as const
