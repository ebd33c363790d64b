"""Turns widget.js into a C++ source that holds it: embed_widget.py IN OUT."""

import sys


def main(source, target):
    with open(source, encoding="ascii") as file:
        script = file.read()
    with open(target, "w", encoding="ascii") as file:
        file.write('#include "daemon/app/widget.hpp"\n\n'
                   "namespace creditd::daemon {\n\n"
                   "std::string_view widget_script() {\n"
                   f'    return R"widget({script})widget";\n'
                   "}\n\n"
                   "}  // namespace creditd::daemon\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
