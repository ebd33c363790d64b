"""The rules of the style test. A rule takes the files (and the root) and yields complaints:
(path, line, sentence). What compiles is the compiler's business, how it is laid out is
clang-format's; what is left stands here."""

import ast
import re
import subprocess

from source import LAYERS, functions_in

FILE_LINES_MAX = 400
FILE_LINES_AIM = 300
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
SUBJECT_CHARACTERS_MAX = 72
COMMITS_READ = 20
INTRODUCTION_LINES = range(2, 7)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')


def includes_of(file):
    """(line, `<` or `"`, path) of each #include."""
    for number, line in enumerate(file.lines, 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def layering(files, root):
    """core ← schemas ← text ← catalog ← replay ← daemon; tests and bench see everything, nobody
    sees them."""
    for file in files:
        if not file.is_cpp:
            continue
        for number, quote, path in includes_of(file):
            top = path.split("/", 1)[0] if "/" in path else ""
            if quote == '"' and top not in (*LAYERS, "tests", "bench"):
                yield file.path, number, f'"{path}": include from the root, as "core/types.hpp"'
            if not file.in_layer():
                continue
            if top in ("tests", "bench"):
                yield file.path, number, f"{file.top} must not include {top}"
            elif top in LAYERS and LAYERS.index(top) > LAYERS.index(file.top):
                yield file.path, number, f"{file.top} must not include {top}, to its right"


CORE_HEADER = re.compile(r"^([a-z_0-9]+|boost/unordered/\w+\.hpp|boost/container_hash/hash\.hpp)$")
CORE_HEADERS_BANNED = {
    "atomic", "chrono", "condition_variable", "ctime", "filesystem", "fstream", "future",
    "iostream", "mutex", "random", "shared_mutex", "thread",
}
CORE_WORDS_BANNED = re.compile(
    r"\b(system_clock|steady_clock|std::chrono|rand|srand|cout|thread|mutex|double|float|iostream"
    r"|fstream|random)\b"
)


def pure_core(files, root):
    """core is pure: no clock, thread, file, randomness or floating point."""
    for file in files:
        if file.top != "core" or not file.is_cpp:
            continue
        for number, quote, path in includes_of(file):
            allowed = CORE_HEADER.match(path) and path not in CORE_HEADERS_BANNED
            if quote == "<" and not allowed:
                yield file.path, number, f"<{path}> is not a pure std header or Boost.Unordered"
        for number, line in enumerate(file.code.split("\n"), 1):
            if INCLUDE.match(line):
                continue
            for word in CORE_WORDS_BANNED.findall(line):
                yield file.path, number, f"`{word}` has no place in core"


def file_length(files, root):
    for file in files:
        count = file.text.count("\n")
        if file.is_code and count > FILE_LINES_MAX:
            yield file.path, count, f"{count} lines; at most {FILE_LINES_MAX}"


def function_length(files, root):
    for file in files:
        for first, last in function_spans(file):
            count = last - first + 1
            if count > FUNCTION_LINES_MAX:
                yield file.path, first, f"a function of {count} lines; at most {FUNCTION_LINES_MAX}"


def function_spans(file):
    if file.is_cpp:
        yield from functions_in(file.code)
    elif file.suffix == ".py":
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.lineno, node.end_lineno


def line_length(files, root):
    for file in files:
        if not (file.is_code or file.suffix in (".cmake", ".fbs", ".txt")):
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS_MAX:
                yield file.path, number, f"{len(line)} columns; at most {COLUMNS_MAX}"


def whitespace(files, root):
    for file in files:
        if file.bytes and not file.bytes.endswith(b"\n"):
            yield file.path, len(file.lines), "the last line does not end"
        if file.bytes.endswith(b"\n\n"):
            yield file.path, len(file.lines) - 1, "empty lines at the end"
        for number, line in enumerate(file.lines, 1):
            if "\t" in line:
                yield file.path, number, "a tab"
            if line != line.rstrip() and number not in file.raw_lines:
                yield file.path, number, "spaces at the end of the line"
            if "\ufffd" in line:
                yield file.path, number, "not UTF-8"


def header_opening(files, root):
    """A header opens with 2 to 6 lines that say what lives in it, then #pragma once.

    Behind a bare `//` the comment may go on, with the layout of a format for example.
    """
    for file in files:
        if file.suffix != ".hpp":
            continue
        is_comment = [line.startswith("//") for line in file.lines]
        end = is_comment.index(False)
        opening = file.lines[:end]
        count = opening.index("//") if "//" in opening else end
        if count not in INTRODUCTION_LINES:
            yield file.path, 1, f"opens with {count} comment lines; 2 to 6 say what lives here"
        rest = [line for line in file.lines[end:] if line]
        if not rest or rest[0] != "#pragma once":
            yield file.path, end + 1, "`#pragma once` must follow the opening comment"


def dead_files(files, root):
    """Every source is built by some CMakeLists.txt, every header is included by someone."""
    lists = [file for file in files if file.name == "CMakeLists.txt" or file.suffix == ".cmake"]
    included = {path for file in files if file.is_cpp for _, _, path in includes_of(file)}
    for file in files:
        is_test = file.suffix == ".py" and file.name.endswith("_test.py")
        if (file.suffix == ".cpp" or is_test) and not any(names(l, file.path) for l in lists):
            yield file.path, 1, "no CMakeLists.txt names this file"
        if file.suffix == ".hpp" and file.path not in included:
            yield file.path, 1, "nobody includes this header"


def names(cmake_list, path):
    """Does this list name `path`, plainly or as a pattern like `${name}_test.cpp`?"""
    folder = cmake_list.path.rsplit("/", 1)[0] + "/" if "/" in cmake_list.path else ""
    if not path.startswith(folder):
        return False
    words = set(re.split(r'[\s()"]+', cmake_list.text))
    own = path[len(folder):]
    if own in words or any(word.endswith("}/" + own) for word in words):
        return True
    for word in words:
        if "${" not in word or not word.endswith((".cpp", ".py")):
            continue
        word = re.sub(r"^\$\{CMAKE_\w+\}/", "", word)
        pattern = re.sub(r"\\\$\\\{\w+\\\}", "(.+)", re.escape(word))
        match = re.fullmatch(pattern, own)
        if match and all(part in words for part in match.groups()):
            return True
    return False


ROCKSDB_BANNED = re.compile(r"\b(best_efforts_recovery|RepairDB|SyncWAL)\b")


def rocksdb_calls(files, root):
    """These make RocksDB open a shortened log as if nothing were missing, or promise too much."""
    for file in files:
        if not file.is_cpp or file.top == "tests":
            continue
        for number, line in enumerate(file.code.split("\n"), 1):
            for word in ROCKSDB_BANNED.findall(line):
                yield file.path, number, f"`{word}` can lose acknowledged data"


SECRET = r"(?<![\w:])[\w.>-]*(?:secret|key_hash|hmac)\w*(?:\(\))?"
SECRET_COMPARED = re.compile(
    rf"(?:{SECRET}\s*[=!]=(?!\s*(?:nullptr|std::nullopt)))|(?:[=!]=\s*{SECRET}(?![\w.(]))"
    rf"|(?:\b(?:memcmp|strcmp)\s*\([^;]*(?:secret|key_hash|hmac))",
    re.IGNORECASE,
)


def secret_comparison(files, root):
    """Secrets are compared in constant time (CRYPTO_memcmp), never with == or memcmp."""
    for file in files:
        if not file.is_cpp or not file.in_layer():
            continue
        for number, line in enumerate(file.code.split("\n"), 1):
            if SECRET_COMPARED.search(line.replace("CRYPTO_memcmp", "constant_time")):
                yield file.path, number, "compare secrets in constant time"


UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|GTEST_SKIP|DISABLED_\w*|not implemented|NotImplemented\w*)\b"
    r"|@unittest\.skip|\bskipTest\("
)


def unfinished(files, root):
    for file in files:
        if file.path.startswith("tests/tidy/") or file.suffix == ".md":
            continue
        for number, line in enumerate(file.lines, 1):
            match = UNFINISHED.search(line)
            if match:
                yield file.path, number, f"`{match[0]}`: finish it, or leave it out"


SUBJECT = re.compile(r"^[a-z][a-z0-9 ,/._-]*: \S")


def commit_subjects(files, root):
    """`area: what changed`, at most 72 characters."""
    if not (root / ".git").exists():
        return
    log = subprocess.run(
        ["git", "-C", str(root), "log", f"-{COMMITS_READ}", "--no-merges", "--format=%h %s"],
        capture_output=True,
        text=True,
    )
    for line in log.stdout.splitlines():
        commit, _, subject = line.partition(" ")
        if len(subject) > SUBJECT_CHARACTERS_MAX:
            yield f"commit {commit}", 1, f"a subject of {len(subject)} characters; at most 72"
        if not SUBJECT.match(subject):
            yield f"commit {commit}", 1, "the subject is not `area: what changed`"


RULES = (
    layering, pure_core, file_length, function_length, line_length, whitespace, header_opening,
    dead_files, rocksdb_calls, secret_comparison, unfinished, commit_subjects,
)


def warnings(files):
    for file in files:
        count = file.text.count("\n")
        if file.is_code and FILE_LINES_AIM < count <= FILE_LINES_MAX:
            yield file.path, count, f"{count} lines; aim for {FILE_LINES_AIM}"
