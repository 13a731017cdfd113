import ts from 'typescript'

/**
 * Names that are declared in declaration files and exported by none of them: a plugin could not name them.
 * @param texts of `.d.ts` files that end in lists of what they export
 */
export function unexported(texts: string[]): string[] {
  return texts.flatMap((text) => {
    const { statements } = parse(text)
    const exported = new Set(statements.flatMap(exportedNames))
    return statements
      .filter(isDeclaration)
      .flatMap(namesOf)
      .filter((name) => !exported.has(name))
  })
}

/** Names of declarations, and of methods in them, without a docstring: `Registry.get`. Fields may speak for themselves. */
export function undocumented(texts: string[]): string[] {
  return texts.flatMap((text) =>
    parse(text)
      .statements.filter(isDeclaration)
      .flatMap((statement) => [statement, ...methodsOf(statement)].filter((node) => !isDocumented(node)).flatMap(namesOf)),
  )
}

type Declaration =
  | ts.ClassDeclaration
  | ts.FunctionDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.VariableStatement

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('api.d.ts', text, ts.ScriptTarget.Latest, true)
}

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isVariableStatement(node)
  )
}

function methodsOf(node: Declaration): ts.Node[] {
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return []
  return [...node.members].filter((member) => ts.isMethodSignature(member) || ts.isMethodDeclaration(member))
}

function namesOf(node: ts.Node): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText())
  const name = (node as ts.NamedDeclaration).name?.getText() ?? ''
  return [isDeclaration(node) ? name : `${(node.parent as ts.InterfaceDeclaration).name.text}.${name}`]
}

function exportedNames(node: ts.Node): string[] {
  if (!ts.isExportDeclaration(node) || !node.exportClause || !ts.isNamedExports(node.exportClause)) return []
  return node.exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
}

function isDocumented(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0
}
