/** The banner that tells of pools with too few numbers, in English. */
export const coverage = {
  coverage: {
    one: 'The pool “{{name}}” is short of numbers:',
    coverage: 'only {{share}} of visits get one of their own.',
    look: 'See what it needs',
    hide: 'Hide until the next time'
  }
}
