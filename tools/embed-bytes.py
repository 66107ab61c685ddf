#!/usr/bin/env python3
"""embed-bytes.py IN OUT.h NAME - any file as a C array, bytes_NAME."""
import pathlib
import sys


def main():
    data, target, name = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2]), sys.argv[3]
    lines = "".join("\t" + "".join(f"{byte}," for byte in data[i:i + 32]) + "\n" for i in range(0, len(data), 32))
    target.write_text(f"/* made by the build, not to be edited */\nstatic const unsigned char bytes_{name}[] = {{\n{lines}}};\n")


if __name__ == "__main__":
    main()
