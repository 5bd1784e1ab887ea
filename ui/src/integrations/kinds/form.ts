/** One thing that a person enters or chooses. Its texts: `fields.<name>.label`, and `.hint`, `.wrong` where there are some. */
export interface FieldForm {
  /** In the settings; of a secret its name among the keys. */
  name: string
  /**
   * `list`: one of what the other side has (`Client.lists`, named by `from`) · `stages`: for each stage of ours one of
   * those · `choice`: a word of `choices`, with its text in `choices.<name>.<word>` · `names`: a word of theirs for each of `choices`
   */
  type: 'text' | 'number' | 'secret' | 'flag' | 'choice' | 'list' | 'stages' | 'names'
  /** Asked when the link is made · in the step with `shows: 'keys'` · among the settings, once it is joined. */
  at: 'first' | 'keys' | 'settings'
  isOptional?: true
  /** Where the other side is: of a link that works it may be changed, as long as it is the same account. */
  isAddress?: true
  placeholder?: string
  choices?: readonly string[]
  from?: string
  /** Which stages of ours. */
  kinds?: readonly ('open' | 'won' | 'lost')[]
}

/** What a person does, before the link is joined. Its texts: `steps.<name>` and `steps.<name>Text`. */
export interface StepForm {
  name: string
  /** Our address · the fields `at: 'keys'` · that the other side has to begin (`join` by an event) · the files. */
  shows?: 'address' | 'keys' | 'install' | 'files'
}

/** How one kind of foreign system is set up: all that the pages need to know of it. */
export interface KindForm {
  fields: readonly FieldForm[]
  steps: readonly StepForm[]
  /** Our people are matched with theirs. */
  hasPeople: boolean
  /** The block `lookup` may ask it whose client calls. */
  hasOwner: boolean
  /** It sends us something, or asks: our address is shown among the settings too. */
  hasAddress: boolean
  /** What has to stand behind our address: an example to begin from. */
  addressTail?: string
  /** Pages of ours that belong to it; with their texts in `links.<name>`. */
  links?: readonly { name: string; to: string }[]
}
