import sanitizeHtml from 'sanitize-html'

const plainImage = /^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i
const size = /^\d+(\.\d+)?(px|em|rem|pt|%)?$/
const sizes = /^(\d+(\.\d+)?(px|em|rem|pt|%)?|auto)(\s+(\d+(\.\d+)?(px|em|rem|pt|%)?|auto)){0,3}$/
const colour = /^(#[0-9a-f]{3,8}|[a-z]+|rgba?\([\d\s.,%]+\))$/i
const word = /^[a-z-]+$/i

/**
 * PURE. The HTML of a letter without anything that runs, loads or leads astray. Pictures are named, not fetched: an
 * attached one by `data-cid`, one on the web by `data-remote`, for whoever shows the letter.
 */
export const cleanHtml = (html: string): string =>
  sanitizeHtml(html, {
    allowedTags: [
      ...['a', 'abbr', 'b', 'blockquote', 'br', 'caption', 'center', 'code', 'col', 'colgroup', 'dd', 'del'],
      ...['div', 'dl', 'dt', 'em', 'font', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'ins', 'li'],
      ...['ol', 'p', 'pre', 's', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'table', 'tbody', 'td'],
      ...['tfoot', 'th', 'thead', 'tr', 'u', 'ul']
    ],
    allowedAttributes: {
      '*': ['style', 'align', 'dir', 'lang', 'title'],
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt', 'width', 'height', 'data-cid', 'data-remote'],
      font: ['color', 'size', 'face'],
      table: ['width', 'cellpadding', 'cellspacing', 'border', 'bgcolor'],
      td: ['width', 'height', 'colspan', 'rowspan', 'bgcolor', 'valign'],
      th: ['width', 'height', 'colspan', 'rowspan', 'bgcolor', 'valign'],
      tr: ['bgcolor', 'valign'],
      ol: ['start', 'type']
    },
    allowedStyles: {
      '*': {
        color: [colour],
        'background-color': [colour],
        'text-align': [word],
        'text-decoration': [word],
        'font-weight': [/^(\d{3}|[a-z]+)$/i],
        'font-style': [word],
        'font-size': [size, word],
        'font-family': [/^[\w\s,'"-]+$/],
        'line-height': [size],
        padding: [sizes],
        margin: [sizes],
        width: [size],
        'max-width': [size],
        height: [size],
        border: [/^[\w\s#.,()]+$/],
        'border-radius': [sizes],
        'border-collapse': [word],
        'vertical-align': [word]
      }
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    // What stood in them was never meant to be read.
    nonTextTags: ['style', 'script', 'textarea', 'option', 'noscript', 'title', 'head'],
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: { ...attribs, target: '_blank', rel: 'noopener noreferrer nofollow' }
      }),
      img(tagName, { src = '', ...attribs }) {
        const rest = { ...attribs }
        delete rest['data-cid']
        delete rest['data-remote']
        if (/^cid:/i.test(src)) rest['data-cid'] = src.slice(4)
        else if (/^(https?:)?\/\//i.test(src)) rest['data-remote'] = src.replace(/^\/\//, 'https://')
        else if (plainImage.test(src)) rest['src'] = src
        return { tagName, attribs: rest }
      }
    }
  })
