"""GCC 12 miscompiles coroutines (double frees); this holds the rules that keep it from doing so.

One statement, `auto r = co_await f(named, std::move(named));`:
- no co_await in a condition, a ternary or braces;
- in an expression that awaits, no braced temporary and no lambda that captures by value;
- a coroutine is a free function with by-value parameters, or a lambda that captures by reference
  alone. A reference or a view would dangle once the caller has gone on; a pointer says so.
"""

import re

import source_tree
from cpp_source import BRACES, CLASS, SPECIFIERS, cpp_source, unbalanced

COROUTINE_WORDS = ("co_await", "co_return", "co_yield")
ALIAS = re.compile(r"\busing\s+(\w+)\s*=[^;]*\bawaitable\s*<")


def awaitable_names(texts):
    """`awaitable` and what the project calls it."""
    return {"awaitable"}.union(*(ALIAS.findall(text) for text in texts))


def problems_in(text, names=frozenset({"awaitable"})):
    """(line, what is wrong) pairs, in order."""
    try:
        source = cpp_source(text)
        found = {*await_problems(source), *signature_problems(source, names)}
        return sorted((source.line(i), what) for i, what in found)
    except unbalanced as at:
        return [(at.args[0], "the brackets do not match")]


# The problems below are (token, what is wrong) pairs.


def await_problems(source):
    for i, token in enumerate(source.tokens):
        if token == "co_await" and source.at(i - 1) != "operator":
            levels = list(expression_levels(source, i))
            yield from place_problems(source, levels)
            for j in same_expression(source, levels[-1]):
                yield from temporary_problems(source, j)


def expression_levels(source, i):
    """The co_await itself, then the brackets around it, outwards to the statement's block."""
    yield i
    for bracket in source.around(i):
        if opens_block(source, bracket):
            return
        yield bracket


def place_problems(source, levels):
    """Where a co_await stands."""
    for level in levels:
        if any(source.at(j) == "?" for j in same_expression(source, level)):
            yield levels[0], "co_await in a ternary"
        if source.is_control(level):
            yield levels[0], "co_await in a condition"
        if source.at(level) == "{":
            yield levels[0], "co_await in braces"


def same_expression(source, i):
    """The token and those beside it, within its bracket and its statement."""
    yield i
    for j in source.leftwards(i):
        if ends_statement(source, j) or source.is_control(j):
            break
        yield j
    for j in source.rightwards(i):
        if ends_statement(source, j):
            break
        yield j


def ends_statement(source, i):
    return source.at(i) == ";" or opens_block(source, i)


def opens_block(source, i):
    return source.at(i) == "{" and source.kind(i) != BRACES


def temporary_problems(source, i):
    """What the token, or the group that it opens, builds while the coroutine may be suspended."""
    if opens_block(source, i):
        return
    if source.at(i) == "{":
        yield i, "braced temporary in an expression that awaits"
    if source.at(i) == "[" and source.is_lambda(i) and not captures_only(source, i, "&", "this"):
        yield i, "lambda that captures by value in an expression that awaits"
    if source.at(i) in ("(", "[", "{"):
        for j in source.inside(i):
            yield from temporary_problems(source, j)


def captures_only(source, opening, *starts):
    """Whether every capture of the lambda at `[` starts like that."""
    captures = list(source.inside(opening))
    after_comma = [b for a, b in zip(captures, captures[1:]) if source.at(a) == ","]
    return all(source.at(i) in starts for i in captures[:1] + after_comma)


def signature_problems(source, names):
    for parameters, body in functions(source, names):
        yield from parameter_problems(source, parameters)
        if not is_coroutine(source, body):
            continue
        if source.at(parameters - 1) == "]":
            yield from capture_problems(source, source.match[parameters - 1])
        elif is_member(source, parameters):
            yield parameters, "a coroutine must be a free function, not a member"


def functions(source, names):
    """The `(` of every declaration, definition and lambda that returns an awaitable, and where its
    body would open."""
    for i, token in enumerate(source.tokens):
        if token not in names:
            continue
        end = source.angle_close(i + 1) if source.at(i + 1) == "<" else i
        after, before = parameters_after(source, end), parameters_before(source, i)
        if after is not None:
            yield after, skip_specifiers(source, source.match[after])
        if before is not None:
            yield before, end + 1


def parameters_after(source, i):
    """`awaitable<T> name(...)`, the type ending at i: the `(`, or None."""
    name = i + 1
    while re.fullmatch(r"\w+|::", source.at(name)):
        name += 1
    return name if name > i + 1 and source.at(name) == "(" else None


def parameters_before(source, i):
    """`name(...) -> scope::awaitable<T>`, or a lambda: the `(`, or None."""
    while source.at(i - 1) == "::":
        i -= 2
    closing = i - 2
    while source.at(closing) in SPECIFIERS:
        closing -= 1
    return source.match[closing] if source.at(i - 1) == "->" and source.at(closing) == ")" else None


def skip_specifiers(source, i):
    i += 1
    while source.at(i) in SPECIFIERS:
        i += 1
    return i


def parameter_problems(source, parameters):
    for i in source.inside(parameters):  # and not inside std::function<void(int&)>
        if source.at(i) in ("&", "&&"):
            yield i, "a coroutine's parameter may not be a reference"
        if source.at(i) == "string_view":
            yield i, "a coroutine's parameter may not be a string_view"


def is_coroutine(source, body):
    """And not a plain function that passes an awaitable on."""
    if source.at(body) != "{":
        return False
    return any(
        source.at(i) in COROUTINE_WORDS and innermost_function(source, i, body) == body
        for i in range(body, source.match[body]))


def innermost_function(source, i, body):
    """The body that the token belongs to: a lambda's, or the one given."""
    for bracket in source.around(i):
        if bracket == body or source.lambda_of_body(bracket) is not None:
            return bracket
    return None


def capture_problems(source, opening):
    if not captures_only(source, opening, "&"):
        yield opening, "a coroutine lambda may capture by reference alone"


def is_member(source, parameters):
    """A qualified name counts as a member: this project opens its namespaces."""
    around = next(source.around(parameters), None)
    if around is None or source.kind(around) != CLASS:
        return source.at(parameters - 2) == "::"
    return not ({"static", "friend"} & specifiers_before(source, parameters))


def specifiers_before(source, i):
    words = set()
    for j in source.leftwards(i):
        if source.at(j) in (";", "{"):
            break
        words.add(source.at(j))
    return words


if __name__ == "__main__":
    texts = {path: source_tree.read(path) for path in source_tree.cpp_files()}
    project_names = awaitable_names(texts.values())
    source_tree.report([
        f"{path}:{line}: {what}"
        for path, text in texts.items()
        for line, what in problems_in(text, project_names)
    ])
