"""A light reading of OpenCL C: tokens, brackets, statements, declarations.

It knows just enough of the language to say where an operator's operands begin and end and what a
statement is. It never sees what the preprocessor would: the body of a macro is read as code of its
own, and both sides of an #if are.
"""

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|\\\n)+)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[fFuUlL]*)
      | (?P<name>[A-Za-z_]\w*(?:\#\#\w+)*)
      | (?P<mark><<=|>>=|\+\+|--|->|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#|.)""",
    re.VERBOSE | re.DOTALL)

TYPE_WORDS = set(
    """void bool char short int long unsigned signed float double half size_t ptrdiff_t uint const
    restrict volatile static inline struct enum __global __local __private __constant global local
    constant kernel __kernel vfloat""".split())
_VECTOR_TYPE = re.compile(r"(?:char|short|int|uint|long|float|half)(?:2|3|4|8|16)$")
KEYWORDS = {"if", "else", "for", "while", "do", "return", "break", "continue", "typedef"}
PRECEDENCE = {
    "*": 10, "/": 10, "%": 10, "+": 9, "-": 9, "<<": 8, ">>": 8, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "==": 6, "!=": 6, "&": 5, "^": 4, "|": 3, "&&": 2, "||": 1}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_OPENING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Token:
    kind: str  # name, number, string, mark
    text: str
    start: int
    end: int


@dataclass
class Declarator:
    name: str
    type: tuple  # the type's words, in order
    initializer: tuple | None  # token range


@dataclass
class Statement:
    kind: str  # block, if, for, while, declaration, expression, macro, return, break, continue
    start: int  # token range, end exclusive
    end: int
    condition: tuple | None = None
    header: list = field(default_factory=list)  # of a for: three token ranges
    children: list = field(default_factory=list)
    declarators: list = field(default_factory=list)


@dataclass
class Function:
    name: str
    parameters: list  # Declarator
    body: Statement


def is_type_word(text):
    return text in TYPE_WORDS or bool(_VECTOR_TYPE.match(text))


class Region:
    """A run of tokens read as code: a file without its directives, or the body of one macro."""

    def __init__(self, text, tokens, types=()):
        self.text = text
        self.tokens = tokens
        self.types = set(types)
        self.partner = self._match_brackets()

    def __getitem__(self, index):
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def span(self, start, end):
        """The text from a token to before another."""
        return self.text[self.tokens[start].start:self.tokens[end - 1].end]

    def is_type(self, index):
        return is_type_word(self[index]) or self[index] in self.types

    def _match_brackets(self):
        partner, stack = {}, []
        for index, token in enumerate(self.tokens):
            if token.kind == "mark" and token.text in _OPENING:
                stack.append(index)
            elif token.kind == "mark" and token.text in _OPENING.values():
                if stack and _OPENING[self[stack[-1]]] == token.text:
                    opening = stack.pop()
                    partner[opening], partner[index] = index, opening
        return partner

    # Expressions.

    def is_cast(self, opening):
        """Whether a bracket holds a type alone: of a cast, or of a vector literal."""
        if self[opening] != "(" or opening not in self.partner:
            return False
        inside = range(opening + 1, self.partner[opening])
        return len(inside) > 0 and all(self.is_type(i) or self[i] == "*" for i in inside)

    def ends_operand(self, index):
        """Whether an expression may end with this token."""
        if not 0 <= index < len(self.tokens):
            return False
        token = self.tokens[index]
        if token.kind == "number":
            return True
        if token.kind == "name":
            return token.text not in KEYWORDS and not self.is_type(index)
        if token.text == ")":
            opening = self.partner.get(index)
            if opening is None or self.is_cast(opening):
                return False
            return self[opening - 1] not in ("if", "for", "while")
        return token.text == "]"

    def is_binary(self, index):
        return self[index] in PRECEDENCE and self.ends_operand(index - 1)

    def unary_end(self, index):
        """The end of the operand that begins here."""
        while self[index] in ("-", "+", "!", "~", "*", "&", "++", "--") or self.is_cast(index):
            if self.is_cast(index):
                index = self.partner[index] + 1
            else:
                index += 1
        if self[index] == "(" or self[index] == "{":
            index = self.partner.get(index, index)
        index += 1
        while self[index] in ("(", "[", ".", "->", "++", "--"):
            if self[index] in ("(", "["):
                index = self.partner.get(index, index) + 1
            elif self[index] in (".", "->"):
                index += 2
            else:
                index += 1
        return index

    def unary_start(self, index):
        """The beginning of the operand whose last token this is."""
        while True:
            if self[index] in (")", "]"):
                opening = self.partner.get(index, index)
                is_postfix = opening != index and self.ends_operand(opening - 1)
                if is_postfix and self[opening - 1] != "=":
                    index = opening - 1
                    continue
                index = opening
            if self[index - 1] in (".", "->"):
                index -= 2
                continue
            break
        while True:
            before = index - 1
            if self[before] == ")" and self.is_cast(self.partner.get(before, before)):
                index = self.partner[before]
            elif self[before] in ("-", "+", "!", "~", "*", "&") and not self.is_binary(before):
                index = before
            else:
                return index

    def left_operand(self, operator):
        """Where the left operand of a binary operator begins."""
        level = PRECEDENCE[self[operator]]
        start = self.unary_start(operator - 1)
        while self.is_binary(start - 1) and PRECEDENCE[self[start - 1]] >= level:
            start = self.unary_start(start - 2)
        return start

    def right_operand(self, operator):
        """Where the right operand of a binary operator ends."""
        level = PRECEDENCE[self[operator]]
        end = self.unary_end(operator + 1)
        while self.is_binary(end) and PRECEDENCE[self[end]] > level:
            end = self.unary_end(end + 1)
        return end

    def split(self, start, end, separator=","):
        """The parts of a range between separators that no bracket encloses."""
        parts, begin, index = [], start, start
        while index < end:
            if self[index] == separator:
                parts.append((begin, index))
                begin = index + 1
            elif self[index] in _OPENING and index in self.partner:
                index = self.partner[index]
            index += 1
        parts.append((begin, end))
        return [(a, b) for a, b in parts if a < b]

    def calls(self):
        """(name's index, arguments' ranges) of every call and function-like macro."""
        for index, token in enumerate(self.tokens):
            if token.kind == "name" and self[index + 1] == "(" and index + 1 in self.partner:
                if token.text not in KEYWORDS and not is_type_word(token.text):
                    yield index, self.split(index + 2, self.partner[index + 1])

    # Statements.

    def functions(self):
        """The functions that are defined here."""
        index = 0
        while index < len(self.tokens):
            if self[index] == "{" and self[index - 1] == ")" and index in self.partner:
                opening = self.partner[index - 1]
                parameters = [
                    p for a, b in self.split(opening + 1, index - 1)
                    for p in self._declarators(a, b)]
                body = self._statement(index, len(self.tokens))
                yield Function(self[opening - 1], parameters, body)
                index = body.end
            elif self[index] in ("{", "(") and index in self.partner:
                index = self.partner[index] + 1
            else:
                index += 1

    def statements_of_macro(self):
        """A macro's body as statements; none if it is an expression."""
        if not any(t.text in (";", "{") for t in self.tokens):
            return []
        return self._statements(0, len(self.tokens))

    def _statements(self, start, end):
        result = []
        while start < end:
            statement = self._statement(start, end)
            result.append(statement)
            start = max(statement.end, start + 1)
        return result

    def _statement(self, start, limit):
        word = self[start]
        if word == "{" and start in self.partner:
            end = self.partner[start] + 1
            children = self._statements(start + 1, end - 1)
            return Statement("block", start, end, children=children)
        if word in ("if", "while", "for") and start + 1 in self.partner:
            return self._controlled(word, start, limit)
        if word in ("return", "break", "continue"):
            return Statement(word, start, self._semicolon(start, limit))
        if self.tokens[start].kind == "name" and self[start + 1] == "(":
            after = self.partner.get(start + 1, start + 1) + 1
            if after >= limit or self.tokens[after].kind == "name" or self[after] in ("}", "{"):
                return Statement("macro", start, min(after, limit))
        end = self._semicolon(start, limit)
        declarators = self._declarators(start, end - 1 if self[end - 1] == ";" else end)
        kind = "declaration" if declarators or word == "enum" else "expression"
        return Statement(kind, start, end, declarators=declarators)

    def _controlled(self, word, start, limit):
        closing = self.partner[start + 1]
        statement = Statement(word, start, closing + 1)
        if word == "for":
            parts, begin = [], start + 2
            for index in range(start + 2, closing + 1):
                if self[index] == ";" or index == closing:
                    parts.append((begin, index))
                    begin = index + 1
            statement.header = parts
            if len(parts) == 3:
                statement.condition = parts[1]
                statement.declarators = self._declarators(*parts[0])
        else:
            statement.condition = (start + 2, closing)
        body = self._statement(closing + 1, limit)
        statement.children = [body]
        statement.end = body.end
        if word == "if" and statement.end < limit and self[statement.end] == "else":
            other = self._statement(statement.end + 1, limit)
            statement.children.append(other)
            statement.end = other.end
        return statement

    def _semicolon(self, start, limit):
        index = start
        while index < limit:
            if self[index] == ";":
                return index + 1
            if self[index] in _OPENING and index in self.partner:
                index = self.partner[index]
            index += 1
        return limit

    def _declarators(self, start, end):
        """The names that a declaration declares; none if it is no declaration."""
        index, words = start, []
        while index < end and (
                self.is_type(index)
                or (self.tokens[index].kind == "name" and not words
                    and index + 1 < end and self.tokens[index + 1].kind == "name")):
            words.append(self[index])
            index += 1
        if not words or index >= end:
            return []
        result = []
        for begin, stop in self.split(index, end):
            name = begin
            pointer = ()
            while name < stop and (self[name] == "*" or self.is_type(name)):
                pointer += (self[name],)
                name += 1
            if name >= stop or self.tokens[name].kind != "name":
                return []
            equals = next((i for i in range(name, stop) if self[i] == "="), None)
            initializer = (equals + 1, stop) if equals is not None else None
            result.append(Declarator(self[name], tuple(words) + pointer, initializer))
        return result


@dataclass
class Macro:
    name: str
    parameters: list
    body: Region


@dataclass
class Directive:
    word: str  # if, elif, define, …
    start: int  # offsets of what follows the word
    end: int


class SourceFile:
    """A kernel file: one region of code, its macros, and its directives."""

    def __init__(self, name, text):
        self.name = name
        self.text = text
        self.macros, self.directives, code = [], [], []
        lines = self._directive_lines()
        tokens = [t for t in self._tokenize(0, len(text))]
        inside = 0
        for start, end in lines:
            while inside < len(tokens) and tokens[inside].start < start:
                code.append(tokens[inside])
                inside += 1
            line = []
            while inside < len(tokens) and tokens[inside].start < end:
                line.append(tokens[inside])
                inside += 1
            self._read_directive(line)
        code += tokens[inside:]
        self.types = set(re.findall(r"}\s*(\w+)\s*;", text)) | set(
            re.findall(r"typedef[^;{]*?(\w+)\s*;", text))
        self.code = Region(text, code, self.types)
        for macro in self.macros:
            macro.body.types = self.types

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def _directive_lines(self):
        """The spans of directives, continuation lines included."""
        pattern = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)
        return [m.span() for m in pattern.finditer(self.text)]

    def _tokenize(self, start, end):
        for match in _TOKEN.finditer(self.text, start, end):
            kind = match.lastgroup
            if kind not in ("space", "comment"):
                yield Token(kind, match.group(), match.start(), match.end())

    def _read_directive(self, line):
        if len(line) < 2:
            return
        word, rest = line[1].text, line[2:]
        if not rest:
            return
        self.directives.append(Directive(word, rest[0].start, rest[-1].end))
        if word != "define":
            return
        name, body, parameters = rest[0], rest[1:], []
        if body and body[0].text == "(" and body[0].start == name.end:
            closing = next(i for i, t in enumerate(body) if t.text == ")")
            parameters = [t.text for t in body[1:closing] if t.kind == "name"]
            body = body[closing + 1:]
        if body:
            self.macros.append(Macro(name.text, parameters, Region(self.text, body)))
