/** Deeds, by the names that `client.ts` knows them by. */
export const deeds = {
  pop: 'events',
  call: 'calls',
  unsorted: 'unsorted/sip',
  form: 'unsorted/forms',
  responsible: 'responsible',
  note: 'notes',
  task: 'tasks'
} as const
