/** Prints the progress of long steps, such as `[4/7] Unpacking Asterisk … 62 %`. */
export type StepPrinter = (step: number, text: string, fraction?: number) => void

/**
 * @param write where lines go, such as `(text) => process.stdout.write(text)`
 * @param live true for a terminal: the line is rewritten as the share grows; else a line per quarter
 */
export function stepPrinter(total: number, write: (text: string) => void, live: boolean): StepPrinter {
  let shown = ''
  let open = false
  return (step, text, fraction) => {
    const head = `[${step}/${total}] ${text}`
    const share = fraction === undefined ? undefined : Math.floor(Math.min(1, fraction) * 100)
    const rounded = share === undefined || live ? share : share - (share % 25)
    const line = rounded === undefined ? head : `${head} … ${rounded} %`
    if (line === shown) return
    const same = shown.startsWith(`${head} …`)
    shown = line
    if (!live) {
      write(`${line}\n`)
      return
    }
    const done = share === undefined || share === 100
    write(`${open ? (same ? '\r' : '\n') : ''}${line}${done ? '\n' : ''}`)
    open = !done
  }
}
