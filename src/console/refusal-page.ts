/**
 * What a browser sees that has no cookie of this console. Its link is for who clicked a launch link in another page: a Strict cookie comes
 * only with the next click.
 */
export function refusalPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="dark light">
<title>Usher</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1.5em }
code { font-family: ui-monospace, monospace; padding: .1em .35em; border: 1px solid; border-radius: 4px; white-space: nowrap }
</style>
</head>
<body>
<h1>This browser has not been let in</h1>
<p>A link of Usher opens once and for ten minutes. For a new one, run this where Usher was started:</p>
<p><code>npm start -- --link</code></p>
<p>If you have just opened a new link, <a href="/">continue</a>.</p>
</body>
</html>
`
}
