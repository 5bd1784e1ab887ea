/**
 * Brings single rows together into one request, and its answers back to each. What comes within `windowMs` of the first
 * goes along, up to `most`.
 * @param options.send one answer for each row, in their order; an Error among them is thrown to that row alone
 */
export function gather<Row, Answer>(options: {
  most: number
  windowMs: number
  send: (rows: readonly Row[]) => Promise<readonly (Answer | Error)[]>
}): (row: Row) => Promise<Answer> {
  interface Waiting {
    row: Row
    resolve: (answer: Answer) => void
    reject: (error: unknown) => void
  }
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    options.send(batch.map(({ row }) => row)).then(
      (answers) =>
        batch.forEach(({ resolve, reject }, index) => {
          const answer = answers[index]
          if (answer instanceof Error) reject(answer)
          else if (index < answers.length) resolve(answer as Answer)
          else reject(new Error('A row without an answer'))
        }),
      (error: unknown) => batch.forEach(({ reject }) => reject(error))
    )
  }

  return (row) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ row, resolve, reject })
      if (waiting.length >= options.most) flush()
      else timer ??= setTimeout(flush, options.windowMs)
    })
}
