/**
 * PURE. A page with the HTML of a letter, which was cleaned when it came. Attached pictures stand in it; those of the web
 * only when somebody asks for them: they would tell the sender that the letter was read.
 */
export function letterPage(
  html: string,
  images: { cid: ReadonlyMap<string, string>; isRemoteShown: boolean }
): string {
  const body = html.replace(/<img\b[^>]*>/g, (tag) =>
    tag
      .replace(/ data-cid="([^"]*)"/, (_all, id: string) => {
        const found = images.cid.get(id)
        return found === undefined ? '' : ` src="${found}"`
      })
      .replace(/ data-remote="([^"]*)"/, (_all, url: string) => (images.isRemoteShown ? ` src="${url}"` : ''))
  )
  return `<!doctype html><html><head><meta charset="utf-8"><style>
body{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif;color:#1b1f1d;background:#fff;overflow-wrap:anywhere}
img{max-width:100%;height:auto}table{max-width:100%}blockquote{margin:8px 0;padding-left:12px;border-left:3px solid #ccd3d0;color:#56605b}
</style></head><body>${body}</body></html>`
}

/** Nothing runs in it and nothing is fetched, whatever was overlooked. */
export const letterPolicy = (isRemoteShown: boolean): string =>
  [
    "default-src 'none'",
    `img-src data:${isRemoteShown ? ' https: http:' : ''}`,
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin'
  ].join('; ')

/** Pictures that a browser may show by itself; SVG may hold scripts. */
export const plainImages: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp'
])
