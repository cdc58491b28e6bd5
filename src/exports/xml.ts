/** XML: the one door of xmlbuilder2, which escapes and indents. */
import { create } from 'xmlbuilder2';

/**
 * An element: its name, then its text or its elements, then its attributes. Elements that are not in an array
 * are taken one by one, so that many of them never stand in memory as a tree.
 */
export type XmlElement = readonly [
  name: string,
  content: string | Iterable<XmlElement>,
  attributes?: Readonly<Record<string, string>>,
];

type Builder = ReturnType<typeof create>;

/** A document of one namespace, with indents of two spaces and a line end behind each line. UTF-8, no BOM. */
export function xmlDocument(namespace: string, [name, content]: XmlElement): string {
  const root: XmlElement = [name, content, { xmlns: namespace }];
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...lines(root, 0), ''].join('\n');
}

function* lines(element: XmlElement, depth: number): Generator<string> {
  const [name, content, attributes = {}] = element;
  if (typeof content === 'string' || Array.isArray(content)) {
    yield rendered(element, depth);
    return;
  }
  // The empty element has its attributes escaped; its end is opened for what stands within.
  yield rendered([name, '', attributes], depth).replace(/\/>$/, '>');
  for (const child of content) yield* lines(child, depth + 1);
  yield `${'  '.repeat(depth)}</${name}>`;
}

function rendered(element: XmlElement, depth: number): string {
  const document = create();
  append(document, element);
  return document.end({ headless: true, prettyPrint: true, offset: depth });
}

function append(parent: Builder, [name, content, attributes = {}]: XmlElement): void {
  const element = parent.ele(name, attributes);
  if (typeof content !== 'string') for (const child of content) append(element, child);
  else if (content !== '') element.txt(content);
}
