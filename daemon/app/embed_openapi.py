"""Turns schemas/openapi.yaml into a C++ source that holds it as JSON: embed_openapi.py IN OUT."""

import json
import sys

import yaml


def chunks(text, size=8000):
    """Raw string literals have a bounded length: the parts are joined by the compiler."""
    return [text[i:i + size] for i in range(0, len(text), size)]


def main(source, target):
    with open(source, encoding="utf-8") as file:
        document = json.dumps(yaml.safe_load(file), ensure_ascii=False, separators=(",", ":"))
    literals = "\n".join(f'        R"openapi({part})openapi"' for part in chunks(document))
    with open(target, "w", encoding="utf-8") as file:
        file.write('#include "daemon/app/openapi.hpp"\n\n'
                   "namespace creditd::daemon {\n\n"
                   "const std::string& openapi_document() {\n"
                   "    static const std::string document =\n"
                   f"{literals};\n"
                   "    return document;\n}\n\n"
                   "}  // namespace creditd::daemon\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
