"""Reads a source tree for the style test: which files count, and C++ without its prose."""

import os
import pathlib
import re
import subprocess

LAYERS = ("core", "schemas", "text", "catalog", "replay", "daemon")
IGNORED_FOLDERS = {".git", "build", "data", "node_modules", "__pycache__"}

# Group 1: comments; group 2: literals. A digit separator (1'000) is not a character literal.
PROSE = re.compile(
    r"""(//[^\n]*|/\*.*?\*/)"""
    r"""|(R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')""",
    re.DOTALL,
)


class File:
    """One file: its path from the root, its text, and for C++ the text without prose."""

    def __init__(self, root, path):
        self.path = path
        self.name = path.rsplit("/", 1)[-1]
        self.suffix = pathlib.PurePosixPath(path).suffix
        self.top = path.split("/", 1)[0] if "/" in path else ""
        self.bytes = (root / path).read_bytes()
        self.text = self.bytes.decode("utf-8", "replace")
        self.lines = self.text.split("\n")
        self.is_cpp = self.suffix in (".cpp", ".hpp")
        self.is_code = self.is_cpp or self.suffix in (".py", ".sh") or is_script(self.text)
        self._code = None

    @property
    def code(self):
        """The text with comments and literals blanked; lines keep their numbers."""
        if self._code is None:
            self._code = without_prose(self.text)
        return self._code

    @property
    def raw_lines(self):
        """Lines whose end lies inside a raw string: their spaces are data."""
        found = set()
        for match in PROSE.finditer(self.text) if self.is_cpp else ():
            if match["tag"] is not None:
                first = self.text.count("\n", 0, match.start()) + 1
                found.update(range(first, first + match[0].count("\n")))
        return found

    def in_layer(self):
        return self.top in LAYERS


def is_script(text):
    return text.startswith("#!")


def without_prose(text):
    def blank(match):
        newlines = "\n" * match.group(0).count("\n")
        return newlines if match.group(1) else '""' + newlines

    # An #include's path is not a literal: keep those lines as they are.
    parts = re.split(r"(?m)^([ \t]*#[ \t]*include[^\n]*)$", text)
    return "".join(
        part if index % 2 else PROSE.sub(blank, part) for index, part in enumerate(parts)
    )


def list_paths(root):
    """Every file of the tree as git sees it, or, without git, all but build folders."""
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard"],
            capture_output=True,
        )
        if listed.returncode == 0:
            paths = listed.stdout.decode().split("\0")
            return sorted({p for p in paths if p and (root / p).is_file()})
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in IGNORED_FOLDERS]
        found += [(pathlib.Path(folder) / name).relative_to(root).as_posix() for name in files]
    return sorted(found)


CHECKED = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".fbs", ".toml", ".yaml", ".md", ".lua", ".txt"}


def is_checked(root, path):
    """Ours, written by hand, text. Golden files are bytes; generated code is not ours."""
    if "/golden/" in path or "_generated." in path or path == "LICENSE":
        return False
    if pathlib.PurePosixPath(path).suffix in CHECKED:
        return True
    with open(root / path, "rb") as opened:
        return opened.read(2) == b"#!"


def read_tree(root):
    return [File(root, path) for path in list_paths(root) if is_checked(root, path)]


CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*$")
FUNCTION = re.compile(
    r"\)\s*(?:(?:const|noexcept|override|final|mutable|try|requires)\b(?:\s*\([^()]*\))?|&&?"
    r"|->[^=;]*|:[^:].*|\s)*$",
    re.DOTALL,
)


def functions_in(code):
    """(first line, last line) of each outermost function body, found by matching braces.

    A heuristic: a brace opens a function when no function is open and what stands between it and
    the last statement ends like a parameter list.
    """
    code = re.sub(r"(?m)^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: "\n" * m[0].count("\n"), code)
    stack = []  # (kind, first line, boundary before it)
    boundary = 0
    line = 1
    for at, character in enumerate(code):
        if character == "\n":
            line += 1
        elif character == "{":
            before = code[boundary:at]
            inside = any(kind == "function" for kind, _, _ in stack)
            kind = "other" if inside else kind_of_brace(before)
            stack.append((kind, line - before.lstrip().count("\n"), boundary))
            boundary = at + 1
        elif character == "}":
            kind, first, opened = stack.pop() if stack else ("other", line, boundary)
            if kind == "function":
                yield first, line
            boundary = opened if kind == "member" else at + 1
        elif character == ";":
            boundary = at + 1


def kind_of_brace(before):
    """What `{` opens behind this text; `member` is one in a constructor's list: `: x_{1} {`."""
    if CONTAINER.search(before) or not FUNCTION.search(before):
        return "other"
    return "member" if before[-1].isalnum() or before[-1] in "_>" else "function"
