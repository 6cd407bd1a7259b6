"""A mutant: the edits that make it, and how it is shown."""

from dataclasses import dataclass

# Rounds to the eleven significant bits of a half; put before the text that uses it.
NARROWING = "".join(
    f"static {t} __attribute__((overloadable)) narrowed_({t} v) "
    f"{{ return as_{t}((as_u{t.replace('float', 'int')}(v) + 0x1000u) & 0xffffe000u); }} "
    for t in ("float", "float2", "float4", "float8", "float16"))


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mutant:
    file: str
    operator: str
    line: int
    edits: tuple
    before: str
    after: str

    def apply(self, text):
        for edit in sorted(self.edits, key=lambda e: e.start, reverse=True):
            text = text[:edit.start] + edit.text + text[edit.end:]
        if any("narrowed_" in e.text for e in self.edits):
            text = NARROWING + "\n#line 1\n" + text
        return text

    @property
    def place(self):
        return f"Kernels/{self.file}:{self.line}"

    def described(self):
        return f"{self.place} {self.operator}\n      {self.before}\n   -> {self.after}"
