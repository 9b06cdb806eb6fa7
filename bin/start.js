'use strict'
// Plain old JavaScript: it must parse on any Node, so that an old one gets a clear line and not a syntax error.

function supported(version) {
  var parts = version.split('.').map(Number)
  if (parts[0] === 22) return parts[1] > 22 || (parts[1] === 22 && parts[2] >= 2)
  if (parts[0] === 24) return parts[1] >= 15
  return parts[0] >= 26
}

module.exports = function start(program) {
  if (!supported(process.versions.node)) {
    process.stderr.write(
      program + ': needs Node 22.22.2, 24.15 or 26 and later; this is Node ' + process.versions.node + '\n',
    )
    process.exit(3)
  }
  require('node:module').enableCompileCache()
  import('../dist/main.js').then(main => main.main(program, process.argv.slice(2)))
}
