#!/usr/bin/env python3
"""Proves on small trees that each rule of the style test fires, and only where it should."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from source import functions_in, without_prose
from tidy import complaints_of

HEADER = "// What lives here,\n// and what does not.\n#pragma once\n"
CLEAN = {
    "core/CMakeLists.txt": "creditd_library(creditd_core types.cpp)\n",
    "core/types.hpp": HEADER + "\n#include <cstdint>\n",
    "core/types.cpp": '#include "core/types.hpp"\n',
    "replay/CMakeLists.txt": "creditd_library(creditd_replay block.cpp)\n",
    "replay/block.hpp": HEADER + '#include "core/types.hpp"\n',
    "replay/block.cpp": '#include "replay/block.hpp"\n',
    "tests/CMakeLists.txt": "creditd_test(t core/types_test.cpp)\n",
    "tests/core/types_test.cpp": '#include "core/types.hpp"\n#include "replay/block.hpp"\n',
}


class TidyTest(unittest.TestCase):
    def complaints(self, changes, commits=()):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for path, text in {**CLEAN, **changes}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
            if commits:
                self.commit(root, commits)
            return list(complaints_of(root))

    def commit(self, root, subjects):
        git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run([*git, "init", "-q"], check=True)
        for subject in subjects:
            subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", subject], check=True)

    def assert_fires(self, rule, place, changes):
        """Exactly one complaint, of this rule, at this `file:line`."""
        found = self.complaints(changes)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{place}: [{rule}] "), found[0])

    def assert_silent(self, changes):
        self.assertEqual(self.complaints(changes), [])

    def core_source(self, text):
        return {"core/types.cpp": '#include "core/types.hpp"\n' + text}

    def test_a_clean_tree_is_silent(self):
        self.assert_silent({})

    def test_layering(self):
        upwards = '#include "core/types.hpp"\n#include "replay/block.hpp"\n'
        self.assert_fires("layering", "core/types.cpp:2", {"core/types.cpp": upwards})
        for lower, upper in (("text", "catalog"), ("catalog", "replay"), ("replay", "daemon")):
            header = {f"{lower}/a.cpp": f'#include "core/types.hpp"\n#include "{upper}/b.hpp"\n',
                      "CMakeLists.txt": f"add_library(a {lower}/a.cpp)\n"}
            self.assert_fires("layering", f"{lower}/a.cpp:2", header)
        tests = {"core/types.cpp": '#include "core/types.hpp"\n#include "tests/helper.hpp"\n'}
        self.assert_fires("layering", "core/types.cpp:2", tests)
        relative = {"replay/block.cpp": '#include "replay/block.hpp"\n#include "block.hpp"\n'}
        self.assert_fires("layering", "replay/block.cpp:2", relative)

    def test_core_headers(self):
        for header in ("boost/asio.hpp", "chrono", "mutex", "unistd.h", "sys/stat.h"):
            text = self.core_source(f"#include <{header}>\n")
            self.assert_fires("pure_core", "core/types.cpp:2", text)
        self.assert_silent(self.core_source("#include <boost/unordered/unordered_flat_map.hpp>\n"))
        self.assert_silent(self.core_source("#include <boost/container_hash/hash.hpp>\n"))
        self.assert_silent({"replay/block.cpp": '#include "replay/block.hpp"\n#include <chrono>\n'})

    def test_core_words(self):
        for word in ("system_clock", "double", "float", "rand()", "std::cout", "std::thread"):
            self.assert_fires("pure_core", "core/types.cpp:2", self.core_source(f"{word} x;\n"))
        self.assert_silent(self.core_source('// The ledger thread, double.\nauto x = "float";\n'))
        self.assert_silent(self.core_source("int operand = 1'000; int doubled;\n"))

    def test_file_length(self):
        self.assert_silent(self.core_source("int x;\n" * 399))
        self.assert_fires("file_length", "core/types.cpp:401", self.core_source("int x;\n" * 400))

    def test_function_length(self):
        body = "void f(int a)\n    noexcept {\n" + "    g();\n" * 67 + "}\n"
        self.assert_silent(self.core_source(body))
        longer = body.replace("}\n", "    g();\n}\n")
        self.assert_fires("function_length", "core/types.cpp:2", self.core_source(longer))
        table = "constexpr int table[] = {\n" + "    f(1),\n" * 80 + "};\n"
        self.assert_silent(self.core_source(table))
        python = {"tests/core/tool.py": "def f():\n" + "    g()\n" * 70}
        self.assert_fires("function_length", "tests/core/tool.py:1", python)

    def test_line_length(self):
        self.assert_silent(self.core_source("// " + "x" * 97 + "\n"))
        self.assert_silent(self.core_source("// " + "µ" * 97 + "\n"))
        self.assert_fires(
            "line_length", "core/types.cpp:2", self.core_source("// " + "x" * 98 + "\n"))

    def test_whitespace(self):
        self.assert_fires("whitespace", "core/types.cpp:2", self.core_source("\tint x;\n"))
        self.assert_fires("whitespace", "core/types.cpp:2", self.core_source("int x; \n"))
        self.assert_fires("whitespace", "core/types.cpp:2", self.core_source("int x;\r\n"))
        self.assert_fires("whitespace", "core/types.cpp:2", self.core_source("int x;"))
        self.assert_fires("whitespace", "core/types.cpp:3", self.core_source("int x;\n\n"))
        self.assert_fires("whitespace", "a.md:1", {"a.md": b"caf\xe9\n"})
        self.assert_silent(self.core_source('auto x = R"(one \ntwo)";\n'))
        self.assert_silent({"tests/golden/x.txt": b"raw \t"})

    def test_header_opening(self):
        for opening in ("", "// One line.\n", "// More.\n" * 7):
            text = {"core/types.hpp": opening + "#pragma once\n"}
            self.assert_fires("header_opening", "core/types.hpp:1", text)
        unguarded = {"core/types.hpp": "// One.\n// Two.\nint x;\n"}
        self.assert_fires("header_opening", "core/types.hpp:3", unguarded)
        layout = "// One.\n// Two.\n//\n" + "//   0  4  magic\n" * 9 + "#pragma once\n"
        self.assert_silent({"core/types.hpp": layout})

    def test_dead_files(self):
        self.assert_fires("dead_files", "core/new.cpp:1", {"core/new.cpp": "int x;\n"})
        self.assert_fires("dead_files", "core/new.hpp:1", {"core/new.hpp": HEADER})
        self.assert_fires("dead_files", "tests/a_test.py:1", {"tests/a_test.py": "x = 1\n"})
        pattern = "foreach(name a b)\n  creditd_test(${name}_test ${name}_test.cpp)\nendforeach()\n"
        files = {"tests/one/CMakeLists.txt": pattern, "tests/one/a_test.cpp": "int x;\n"}
        self.assert_silent(files)
        files["tests/one/c_test.cpp"] = "int x;\n"
        self.assert_fires("dead_files", "tests/one/c_test.cpp:1", files)

    def test_rocksdb_calls(self):
        for call in ("o.best_efforts_recovery = true;", "rocksdb::RepairDB(f);", "db->SyncWAL();"):
            text = f'#include "replay/block.hpp"\n{call}\n'
            self.assert_fires("rocksdb_calls", "replay/block.cpp:2", {"replay/block.cpp": text})
            self.assert_silent({"tests/core/types_test.cpp": text})

    def test_secret_comparison(self):
        lines = (
            "if (secret == given) return;", "if (given != key.secret_) return;",
            "if (row.key_hash == hash) return;", "if (std::memcmp(hmac, other, 32)) return;",
        )
        for line in lines:
            text = {"replay/block.cpp": f'#include "replay/block.hpp"\n{line}\n'}
            self.assert_fires("secret_comparison", "replay/block.cpp:2", text)
        fine = "if (secret.size() == 32 && CRYPTO_memcmp(secret, x, 32) == 0) return;\n"
        fine += "if (secret == nullptr || code == secret.size()) return;\n"
        fine += "if (key.kind == Kind::secret) return;\n"
        self.assert_silent({"replay/block.cpp": '#include "replay/block.hpp"\n' + fine})

    def test_unfinished(self):
        for word in ("TODO", "FIXME", "XXX", "GTEST_SKIP", "DISABLED_Name"):
            self.assert_fires("unfinished", "core/types.cpp:2", self.core_source(f"// {word}\n"))
        self.assert_fires("unfinished", "dev:2", {"dev": "#!/bin/sh\n# TODO\n"})

    def test_commit_subjects(self):
        long = "core: " + "x" * 67
        found = self.complaints({}, ["core: strong types", "tests, ci: more", long, "Fix things"])
        self.assertEqual(len(found), 2, found)
        self.assertIn("not `area: what changed`", found[0])
        self.assertIn("73 characters", found[1])


class SourceTest(unittest.TestCase):
    def test_prose_is_blanked_and_lines_are_kept(self):
        text = 'int a; // double\n/* float\n */ auto s = "mutex";\n'
        text += 'auto r = R"x(\n)")x"; char c = \'"\';\n'
        code = without_prose(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        for word in ("double", "float", "mutex"):
            self.assertNotIn(word, code)
        self.assertIn("int a;", code)

    def test_functions_are_found(self):
        code = (
            "namespace a {\nstruct B {\n    int get() const { return 1; }\n};\n"
            "B::B(int x)\n    : y_(x), z_{x} {\n    if (x) {\n    }\n}\n"
            "enum class C { one };\nauto f = [](int x) {\n    return x;\n};\n"
            "#define M(x) \\\n    { x; }\nTEST(A, b) {\n}\n}\n"
        )
        self.assertEqual(
            [span for span in functions_in(code) if span[1] > span[0]],
            [(5, 9), (11, 13), (16, 17)])


if __name__ == "__main__":
    unittest.main(verbosity=0)
