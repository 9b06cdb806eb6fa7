'use strict'
// Plain old JavaScript: it must parse on any Node, so that an old one gets a clear line and not a syntax error.

function supported(version) {
  var parts = version.split('.').map(Number)
  if (parts[0] === 22) return parts[1] > 22 || (parts[1] === 22 && parts[2] >= 2)
  if (parts[0] === 24) return parts[1] >= 15
  return parts[0] >= 26
}

/** A clone after `npm ci` holds a Node of its own, which npx finds. */
function isClone() {
  // biome-ignore lint/style/useNodejsImportProtocol: Node 12 does not know it
  return require('fs').existsSync(__dirname + '/../node_modules/.bin/node')
}

module.exports = function start(program) {
  if (!supported(process.versions.node)) {
    process.stderr.write(
      program +
        ': needs Node 22.22.2+, 24.15+ or 26+; this is Node ' +
        process.versions.node +
        (isClone() ? '; npx ' + program + ' takes the one that npm ci put here' : '') +
        '\n',
    )
    process.exit(3)
  }
  require('node:module').enableCompileCache()
  import('../dist/main.js').then(main => main.main(program, process.argv.slice(2)))
}
