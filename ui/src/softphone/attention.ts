/** Flashes the window's title until the returned function is called. */
export function flashTitle(text: string): () => void {
  const before = document.title
  let isOn = true
  document.title = text
  const timer = setInterval(() => {
    isOn = !isOn
    document.title = isOn ? text : before
  }, 900)
  return () => {
    clearInterval(timer)
    document.title = before
  }
}
