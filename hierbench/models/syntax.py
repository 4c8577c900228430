"""Hashes of Python's syntax: the same for every Python, whatever comments and docstrings say."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

__all__ = ["definitions_of", "syntax_sha256"]

LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
"""Fields that say nothing that the rest of the tree does not."""

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def syntax_sha256(tree: ast.AST | Sequence[ast.AST]) -> str:
    """Hash syntax trees without comments, blanks, places and docstrings.

    Fields that are empty are left out, so that those which a newer Python adds change nothing
    where they are not used.
    """
    digest = sha256()
    for word in words_of(tree):
        digest.update(f"{len(word)}:{word}".encode())
    return digest.hexdigest()


def words_of(node: object) -> Iterator[str]:
    """Yield what a tree says, an opening and a closing word around every node and list."""
    if isinstance(node, ast.Constant):
        yield f"{type(node.value).__name__} {node.value!r}"
    elif isinstance(node, ast.JoinedStr):
        yield "(JoinedStr"
        yield from words_of(joined(node.values))
        yield ")"
    elif isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for name, value in sorted(ast.iter_fields(node)):
            found = without_docstring(node) if name == "body" else value
            if name not in LEFT_OUT and found is not None and found != []:
                yield f".{name}"
                yield from words_of(found)
        yield ")"
    elif isinstance(node, list | tuple):
        yield "["
        for one in node:
            yield from words_of(one)
        yield "]"
    else:
        yield f"{type(node).__name__} {node!r}"


def joined(parts: Sequence[ast.expr]) -> list[ast.expr]:
    """Return the parts of an f-string, texts side by side as one: some Pythons add empty ones."""
    found: list[ast.expr] = []
    for part in parts:
        before = found[-1] if found else None
        if not isinstance(part, ast.Constant):
            found.append(part)
        elif isinstance(before, ast.Constant):
            found[-1] = ast.Constant(str(before.value) + str(part.value))
        elif part.value:
            found.append(part)
    return found


def without_docstring(node: ast.AST) -> object:
    """Return the body of a node, without the docstring of what may have one."""
    body = getattr(node, "body", None)
    if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
        return node.body[1:]
    return body


def definitions_of(tree: ast.Module) -> Mapping[str, str]:
    r"""Return the hash of each name that a module gives at its top, and of the rest of it.

    >>> sorted(definitions_of(ast.parse("import a\nx = 1\ndef f(): ...")))
    ['f', 'its other lines', 'x']
    """
    found: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in names_of(statement) or ["its other lines"]:
            found.setdefault(name, []).append(statement)
    bare = found.get("its other lines", [])
    if bare and ast.get_docstring(tree) is not None:
        found["its other lines"] = bare[1:]
    return {name: syntax_sha256(parts) for name, parts in found.items() if parts}


def names_of(statement: ast.stmt) -> list[str]:
    """Return the names that a statement defines or assigns."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [one.id for one in targets if isinstance(one, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []
