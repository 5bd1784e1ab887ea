/** The body of a notification, for their form: names on the left are ours to read, on the right are their variables. */
const variables = [
  ...[
    'notification_mnemonic',
    'notification_time',
    'communication_id',
    'communication_type',
    'form_name',
    'text'
  ],
  ...['visitor_name', 'visitor_phone_number', 'visitor_email', 'visitor_session_id', 'contact_full_name'],
  ...[
    'contact_phone_number',
    'site_domain_name',
    'communication_page_url',
    'channel',
    'campaign_name',
    'search_query'
  ],
  ...['utm_source', 'utm_medium', 'utm_campaign', 'utm_term']
]

export const notificationTemplate = (): string =>
  JSON.stringify(Object.fromEntries(variables.map((name) => [name, `{{${name}}}`])), null, 2)
