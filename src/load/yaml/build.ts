import type { CST, Node as LibraryNode, Scalar as LibraryScalar, Pair, YAMLMap, YAMLSeq } from 'yaml'
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { scalarType } from './scalar.ts'
import { type LinedText, placeAt } from './source.ts'
import type { ScalarStyle, YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './tree.ts'

interface Builder {
  readonly source: LinedText
  readonly problems: Problem[]
  /** `pending`: the anchor's own value is being built. */
  readonly anchors: Map<string, YamlNode | 'pending'>
  /** Values that aliases have added so far. */
  repeated: number
}

/** Makes drover's tree of a composed document (bounded in depth); what is wrong is added to `problems`. */
export function buildTree(source: LinedText, contents: LibraryNode | null, problems: Problem[]): YamlNode {
  return buildNode({ source, problems, anchors: new Map(), repeated: 0 }, contents)
}

function buildNode(builder: Builder, node: LibraryNode | null): YamlNode {
  if (node === null) return emptyScalar(0)
  if (isAlias(node)) return buildAlias(builder, node.source, spanOf(node))
  const anchor = 'anchor' in node ? node.anchor : undefined
  if (anchor !== undefined) builder.anchors.set(anchor, 'pending')
  const built = buildPlainNode(builder, node)
  if (anchor !== undefined) {
    builder.anchors.set(anchor, built)
    checkAnchor(builder, anchor, built)
  }
  return built
}

function buildPlainNode(builder: Builder, node: LibraryNode): YamlNode {
  if (isMap(node)) return buildMap(builder, node as YAMLMap<LibraryNode, LibraryNode | null>)
  if (isSeq(node)) return buildList(builder, node as YAMLSeq<LibraryNode | Pair>)
  return buildScalar(node as LibraryScalar)
}

function spanOf(node: LibraryNode): { readonly start: number; readonly end: number } {
  const [start, end] = node.range ?? [0, 0]
  return { start, end }
}

function emptyScalar(at: number): YamlScalar {
  return { kind: 'scalar', type: 'null', style: 'plain', text: '', start: at, end: at, size: 1 }
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

function buildScalar(node: LibraryScalar): YamlScalar {
  const text = String(node.value ?? '')
  const style = STYLES[node.type ?? 'PLAIN'] ?? 'plain'
  const block = node.srcToken?.type === 'block-scalar' ? blockOf(node.srcToken) : undefined
  return {
    kind: 'scalar',
    type: scalarType(style, text),
    style,
    text,
    ...(block === undefined ? {} : { block }),
    ...spanOf(node),
    size: 1,
  }
}

/** The header may give the indentation as a digit; else that of the first line with text counts. */
function blockOf(token: CST.BlockScalar): { readonly start: number; readonly indent: number } {
  const header = token.props.map(prop => ('source' in prop ? prop.source : '')).join('')
  const digit = /^[|>][-+]?([1-9])/.exec(header)?.[1]
  const indent =
    digit === undefined
      ? (/^( *)[^ \r\n]/m.exec(token.source)?.[1]?.length ?? 0)
      : Math.max(0, token.indent) + Number(digit)
  return { start: token.offset + header.length, indent }
}

function buildList(builder: Builder, list: YAMLSeq<LibraryNode | Pair>): YamlList {
  const items = list.items.map(item => buildNode(builder, isPair(item) ? null : item))
  return { kind: 'list', items, ...spanOf(list), size: sizeOf(items) }
}

function sizeOf(nodes: readonly YamlNode[]): number {
  return nodes.reduce((sum, node) => sum + node.size, 1)
}

function buildMap(builder: Builder, map: YAMLMap<LibraryNode, LibraryNode | null>): YamlMap {
  const entries = new Map<string, YamlEntry>()
  for (const pair of map.items) {
    const key = buildKey(builder, pair.key, map)
    const value = pair.value === null ? emptyScalar(key?.end ?? 0) : buildNode(builder, pair.value)
    if (key === undefined) continue
    const first = entries.get(key.text)
    if (first === undefined) entries.set(key.text, { key, value })
    else builder.problems.push(duplicateKey(builder.source, first.key, key))
  }
  return { kind: 'map', entries, ...spanOf(map), size: sizeOf([...entries.values()].map(e => e.value)) }
}

/** A key is text as it stands there; anything else is a problem and undefined. */
function buildKey(builder: Builder, node: LibraryNode, map: LibraryNode): YamlScalar | undefined {
  const { source, problems } = builder
  const key = isScalar(node) ? (buildNode(builder, node) as YamlScalar) : undefined
  const { start, end } = key ?? spanOf(isAlias(node) || isMap(node) || isSeq(node) ? node : map)
  const isMerge = key?.style === 'plain' && key.text === '<<'
  if (key !== undefined && !isMerge && (key.type !== 'null' || key.text !== '')) return key
  const line = placeAt(source, start, end)
  problems.push({
    code: 'yaml_syntax',
    severity: 'error',
    message: isMerge ? 'merge keys ("<<") are not supported' : 'a key must be text',
    where: line,
    hint: isMerge
      ? 'repeat the keys, or put what all steps share under "defaults:"'
      : line.source?.includes('{{')
        ? 'quote this value; expressions of drover are written ${{ … }}'
        : 'write "key: value"; quote a value that holds { } [ ] or *',
  })
  return undefined
}

function duplicateKey(source: LinedText, first: YamlScalar, second: YamlScalar): Problem {
  return {
    code: 'yaml_syntax',
    severity: 'error',
    message: `the key "${second.text}" stands here twice, first in line ${placeAt(source, first.start).line}`,
    where: placeAt(source, second.start, second.end),
    hint: 'remove one of them',
  }
}

function buildAlias(builder: Builder, name: string, span: { start: number; end: number }): YamlNode {
  const target = builder.anchors.get(name)
  const where = placeAt(builder.source, span.start, span.end)
  if (target === undefined || target === 'pending') {
    builder.problems.push({
      code: 'yaml_syntax',
      severity: 'error',
      message:
        target === 'pending'
          ? `"*${name}" stands inside the value that it refers to`
          : `"*${name}" refers to an anchor "&${name}" that does not stand before it`,
      where,
      hint: 'if the "*" is part of the text, quote the whole value',
    })
    return emptyScalar(span.start)
  }
  const isFirstTooMany = builder.repeated <= LIMITS.yamlNodes
  builder.repeated += target.size
  if (builder.repeated <= LIMITS.yamlNodes) return target
  const message = `aliases repeat more than ${LIMITS.yamlNodes} values`
  if (isFirstTooMany) builder.problems.push({ code: 'yaml_limit', severity: 'error', message, where })
  return emptyScalar(span.start)
}

/** `hosts: &prod` is most likely a pattern that lost its quotes. */
function checkAnchor({ source, problems }: Builder, name: string, node: YamlNode): void {
  if (node.kind !== 'scalar' || node.type !== 'null') return
  problems.push({
    code: 'yaml_syntax',
    severity: 'error',
    message: `"&${name}" is the anchor of an empty value`,
    where: placeAt(source, Math.max(0, source.text.lastIndexOf(`&${name}`, node.start)), node.start),
    hint: 'if the "&" is part of the text, quote the whole value',
  })
}
