"""A C++ file as tokens with matched brackets: as much of the grammar as the coroutine lint needs.

Comments and preprocessor lines are gone, a literal is the one token LITERAL, and `>>` is two
tokens, so that template brackets can be counted.
"""

import bisect
import re

LITERAL = '""'
CLOSES = {")": "(", "]": "[", "}": "{"}
CONTROL = {"if", "while", "for", "switch", "constexpr"}  # if constexpr (...)
SPECIFIERS = ("const", "noexcept", "mutable", "override", "final")  # after a parameter list

# What a `{` opens.
BLOCK = "block"    # a function, a lambda, a loop, a namespace, an enum
CLASS = "class"
BRACES = "braces"  # a braced initialiser

_LEXEME = re.compile(
    r"""
      (?P<skip> //(?:\\\n|[^\n])* | /\*.*?\*/ | (?m:^)[ \t]*\#(?:\\\n|[^\n])* | \s+ )
    | (?P<literal> (?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"\w*
                 | (?:u8|[uUL])?"(?:\\.|[^"\\\n])*"\w* | (?:u8|[uUL])?'(?:\\.|[^'\\\n])*'\w*
                 | \.?\d(?:[eEpP][+-]|'\w|[\w.])* )
    | (?P<token> [A-Za-z_]\w* | :: | -> | && | [=!<>]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class unbalanced(Exception):
    """The brackets do not match; the argument is the line."""


class cpp_source:
    """Tokens are known by their index."""

    def __init__(self, text):
        self.tokens, self._offsets = [], []
        for lexeme in _LEXEME.finditer(text):
            if not lexeme["skip"]:
                self.tokens.append(LITERAL if lexeme["literal"] else lexeme["token"])
                self._offsets.append(lexeme.start())
        self._line_ends = [i for i, char in enumerate(text) if char == "\n"]
        self.match = {}    # bracket: its partner
        self._parent = []  # for every token, the innermost open bracket around it, or None
        self._match_brackets()

    def _match_brackets(self):
        opened = []
        for i, token in enumerate(self.tokens):
            if token in CLOSES:
                if not opened or self.tokens[opened[-1]] != CLOSES[token]:
                    raise unbalanced(self.line(i))
                self.match[i] = opened.pop()
                self.match[self.match[i]] = i
            self._parent.append(opened[-1] if opened else None)
            if token in CLOSES.values():
                opened.append(i)
        if opened:
            raise unbalanced(self.line(opened[-1]))

    def at(self, i):
        return self.tokens[i] if 0 <= i < len(self.tokens) else ""

    def line(self, i):
        return bisect.bisect_left(self._line_ends, self._offsets[i]) + 1

    def around(self, i):
        """The open brackets around a token, innermost first."""
        while (i := self._parent[i]) is not None:
            yield i

    # The three below stay inside one bracket: a bracketed group counts by its opening alone.

    def leftwards(self, i):
        """The tokens before i."""
        stop = -1 if self._parent[i] is None else self._parent[i]
        while (i := i - 1) > stop:
            i = self.match[i] if self.at(i) in CLOSES else i
            yield i

    def rightwards(self, i):
        """The tokens after i."""
        stop = len(self.tokens) if self._parent[i] is None else self.match[self._parent[i]]
        i = self.match.get(i, i)
        while (i := i + 1) < stop:
            yield i
            i = self.match.get(i, i)

    def inside(self, opening):
        """The tokens of a bracket."""
        if self.match[opening] > opening + 1:
            yield opening + 1
            yield from self.rightwards(opening + 1)

    def angle_close(self, i):
        """The `>` that closes the template arguments opened at i."""
        depth = 0
        for j in (i, *self.rightwards(i)):
            depth += (self.at(j) == "<") - (self.at(j) == ">")
            if depth == 0:
                return j
        raise unbalanced(self.line(i))

    def kind(self, i):
        """What the `{` at i opens."""
        before = self.at(i - 1)
        if before in ("", ";", "}", ":", "else", "do", "try", "requires"):
            return BLOCK
        if before == "{":
            return BRACES if self.kind(i - 1) == BRACES else BLOCK
        if before == ")":
            return BRACES if self.at(self.match[i - 1] - 1) == "decltype" else BLOCK
        return self._kind_by_head(list(self._head(i)))

    def _head(self, i):
        """What stands between the statement's start and the `{`, from right to left."""
        for j in self.leftwards(i):
            if self.at(j) in (";", "{", "="):
                return
            yield j

    def _kind_by_head(self, head):
        words = {self.at(j) for j in head}
        if words & {"namespace", "enum", "extern"}:
            return BLOCK
        if words & {"class", "struct", "union"}:
            return CLASS
        return BLOCK if any(self._ends_signature(j) for j in head) else BRACES

    def _ends_signature(self, i):
        if self.at(i) == "[":
            return self.is_lambda(i)
        return self.at(i - 1) == ")" and self.at(i) in ("->", *SPECIFIERS)

    def is_lambda(self, i):
        """Whether the `[` at i introduces a lambda, not a subscript, an attribute or a binding."""
        before = self.at(i - 1)
        if before in ("&", "&&"):
            before = self.at(i - 2)
        if "[" in (before, self.at(i + 1)):
            return False
        operand = re.fullmatch(r'\w+|\)|\]|""', before)
        return not operand or before in ("return", "co_return", "co_await", "co_yield")

    def lambda_of_body(self, i):
        """The `[` of the lambda whose body opens at i, or None."""
        if self.at(i) != "{" or self.kind(i) != BLOCK:
            return None
        lambdas = (j for j in self._head(i) if self.at(j) == "[" and self.is_lambda(j))
        return next(lambdas, None)

    def is_control(self, i):
        """Whether the `(` at i holds a condition or the head of a loop."""
        return self.at(i) == "(" and self.at(i - 1) in CONTROL
