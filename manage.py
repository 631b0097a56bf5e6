#!/usr/bin/env python
"""Django's command line; `manage.py start` runs the whole product on one machine."""

import os
import sys


def name_data_folder(words: list[str]) -> None:
    """Hand `--data DIR` to the settings, which are read before any command sees its arguments."""
    for at, word in enumerate(words):
        if word == "--data" and at + 1 < len(words):
            os.environ["MASKWRIGHT_DATA"] = words[at + 1]
        if word.startswith("--data="):
            os.environ["MASKWRIGHT_DATA"] = word.removeprefix("--data=")


def main() -> None:
    """Run one command of this project."""
    if sys.argv[1:2] == ["start"]:
        name_data_folder(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - needs the above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
